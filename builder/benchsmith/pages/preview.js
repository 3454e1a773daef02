'use strict';
/* A sheet of pictures with what a recipe reads in each, the counts of labels, and what is left out. */

const data = readData();

/** Return a finding as a figure; one that was not drawn has a caption only. */
function figure(finding) {
  const side = finding.side ? ` (${finding.side})` : '';
  const place = finding.axis === 'planar' ? '' : `, ${finding.axis} ${finding.index}`;
  const text = `${finding.word}${side}${place}`;
  return element('figure', { children: [
    ...(finding.png ? [element('img', { src: `data:image/png;base64,${finding.png}`, alt: text, loading: 'lazy' })] : []),
    element('figcaption', { children: [
      nameOf(text),
      element('span', { class: 'soft', text: finding.label ? ` ${finding.kind}, ${finding.label}` : ` ${finding.kind}, not in the lexicon` }),
    ] }),
  ] });
}

/** Return the findings that were drawn as figures, and the others as a list. */
function sheet(findings) {
  if (!findings.length) return [element('p', { class: 'soft', text: 'no label was read' })];
  const drawn = findings.filter((finding) => finding.png), others = findings.filter((finding) => !finding.png);
  return [
    ...(drawn.length ? [element('div', { class: 'sheet', children: drawn.map(figure) })] : []),
    ...(others.length ? [element('p', { class: 'soft', text: `${drawn.length ? 'Read too, and not drawn' : 'Read, and not drawn'}:` }), element('div', { class: 'others', children: others.map(figure) })] : []),
  ];
}

/** Return one picture that was read, with its findings. */
function picture(read) {
  return element('article', { children: [
    element('h3', { children: [nameOf(read.file), element('span', { class: 'soft', text: `  ${read.patient}` })] }),
    ...sheet(read.findings),
  ] });
}

function entry(one, number) {
  return element('section', { children: [
    element('h2', { children: [nameOf(one.images)] }),
    element('p', { class: 'soft', text: `${one.modality}, ${counted(one.pictures, 'picture')}` }),
    ...data.read.filter((read) => read.entry === number).map(picture),
  ] });
}

function labels() {
  const rows = Object.entries(data.labels).sort((a, b) => b[1] - a[1]);
  return element('table', { children: [element('tbody', { children: rows.map(([word, n]) => element('tr', { children: [
    element('td', { class: 'number', text: count(n) }), element('td', { children: [nameOf(word)] }),
  ] })) })] });
}

function left(reason) {
  return element('li', { children: [
    nameOf(`${count(reason.count)} ${reason.reason}`),
    element('ul', { children: reason.cases.map((text) => element('li', { children: [nameOf(text)] })) }),
  ] });
}

document.getElementById('title').textContent = data.title;
document.getElementById('subtitle').textContent = data.subtitle;
document.getElementById('read').append(...data.entries.map(entry));
document.getElementById('labels').append(labels());
document.getElementById('left').append(data.left_out.length
  ? element('ul', { class: 'left', children: data.left_out.map(left) })
  : element('p', { class: 'soft', text: 'nothing' }));
