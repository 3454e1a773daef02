'use strict';
/* Example pictures of a label, on the desks that ask about labels. */

/** Return pictures of examples. */
function examples(found) {
  if (!found.length) return element('p', { class: 'soft', text: 'The build has no picture of it.' });
  return element('ul', { class: 'pictures', children: found.map((each) => element('li', { children: [
    element('figure', { children: [
      boxed(exampleAddress(each), `Example from ${each.source}`, each.box),
      element('figcaption', { class: 'name', dir: 'auto', text: `${each.source}, ${each.modality}, ${each.says}` }),
    ] }),
  ] })) });
}

/** Return the URL of an example's picture. */
function exampleAddress(each) {
  return address(`/${DATA.desk}/picture`, { example: each.example });
}
