'use strict';
/* A sunburst and an icicle chart of the same parts, drawn as SVG; invisibly small parts are merged. */

/** Return the number of rings that fit. */
const ringsThatFit = () => (isNarrow() ? 3 : 4);
const isNarrow = () => innerWidth < 700;
/** Parts with a smaller share of the whole than this are merged. */
const SMALLEST = { sunburst: 1 / 300, icicle: 1 / 130 };
const MAX_NODES = 700;

/** Return the parts below some steps as nodes with an extent from 0 to 1, ring by ring. */
function nodesBelow(world, selection, steps, order, size, smallest) {
  const top = { steps, selection, counts: countsOf(selection), x0: 0, x1: 1, depth: 0, hue: 8, below: [] };
  const all = [top];
  let ring = [top];
  for (let depth = 1; depth <= ringsThatFit() && all.length < MAX_NODES; depth++) {
    const next = [];
    for (const node of ring) {
      if (node.rest) continue;
      for (const child of partsOf(world, node, order, size, smallest, depth)) {
        node.below.push(child);
        next.push(child);
      }
    }
    all.push(...next);
    ring = next;
  }
  return all;
}

/** Return the parts of a node, the largest first, with small parts merged into one. */
function partsOf(world, node, order, size, smallest, depth) {
  const found = parts(world, node.selection, node.steps, order);
  if (!found) return [];
  const ranked = rankedParts(world, found, size, node.steps);
  const total = ranked.reduce((sum, part) => sum + part.counts[size], 0);
  if (!total) return [];
  const children = [];
  let at = node.x0;
  ranked.forEach((part, n) => {
    const width = (node.x1 - node.x0) * part.counts[size] / total;
    const small = width < smallest && ranked.length - n > 1;
    if (small || !width) return;
    children.push({
      ...part, steps: [...node.steps, part.step], x0: at, x1: at + width, depth, above: node,
      hue: depth === 1 ? n % 8 : node.hue, below: [],
    });
    at += width;
  });
  const left = ranked.length - children.length;
  if (left && node.x1 - at > smallest / 4) {
    children.push({ rest: left, axis: found.axis, x0: at, x1: node.x1, depth, above: node, hue: 8, below: [] });
  }
  return children;
}

/** Return parts with their counts, sorted by size (largest first) and name. */
function rankedParts(world, found, size, steps) {
  return found.groups
    .map((group) => ({ ...group, axis: found.axis, counts: countsOf(group.selection), name: nameOfStep(world, group.step, steps) }))
    .sort((a, b) => b.counts[size] - a.counts[size] || (a.name < b.name ? -1 : 1));
}

/** Return a node's counts as text, for screen readers and the tooltip. */
function countsText(world, counts) {
  const all = [counted(counts.labels, 'label')];
  if (world.mode === 'built') {
    all.push(counted(counts.targets, 'target'), counted(counts.questions, 'question'), counted(counts.sources, 'source'));
  }
  return all.join(', ');
}

/** Draw nodes as rings or columns; `open` is called with the chosen node, `up` for the centre. */
function draw(world, nodes, shape, size, open, up) {
  const { box, place } = shape === 'sunburst' ? sunburst(nodes) : icicle(nodes);
  const chart = svg('svg', { viewBox: box.join(' '), class: shape, role: 'group', 'aria-label': `${shape}: parts by ${size}` });
  nodes.forEach((node, n) => {
    const drawn = place(world, node, size);
    drawn.dataset.n = n;
    node.drawn = drawn;
    chart.append(drawn);
    if (node.rest) return;
    const name = n ? node.name : 'Up';
    drawn.setAttribute('role', 'button');
    drawn.setAttribute('tabindex', n === 1 || nodes.length === 1 ? '0' : '-1');
    drawn.setAttribute('aria-label', n ? `${world.axes[node.axis].title}: ${name}, ${countsText(world, node.counts)}` : `Up, from ${countsText(world, node.counts)}`);
    drawn.addEventListener('click', () => (n ? open(node) : up()));
  });
  listen(world, chart, nodes, up);
  return chart;
}

/** Add tooltips and keyboard navigation to a chart. */
function listen(world, chart, nodes, up) {
  const nodeOf = (event) => nodes[event.target.closest('.arc')?.dataset.n];
  const showTip = (node, place) => {
    if (node.rest) hint([`${node.rest} more`, 'listed in the table'], place);
    else if (node.above) hint([node.name, world.axes[node.axis].title, countsText(world, node.counts)], place);
  };
  chart.addEventListener('pointermove', (event) => {
    const node = nodeOf(event);
    if (node) showTip(node, event);
    else hint(null);
  });
  chart.addEventListener('pointerleave', () => hint(null));
  chart.addEventListener('focusin', (event) => {
    const node = nodeOf(event);
    if (node && event.target.matches(':focus-visible')) showTip(node, event.target.getBoundingClientRect());
  });
  chart.addEventListener('focusout', () => hint(null));
  chart.addEventListener('keydown', (event) => {
    const node = nodeOf(event);
    if (!node) return;
    const sisters = (node.above?.below ?? []).filter((each) => !each.rest);
    const at = sisters.indexOf(node);
    const to = {
      ArrowRight: () => sisters[(at + 1) % sisters.length],
      ArrowLeft: () => sisters[(at - 1 + sisters.length) % sisters.length],
      ArrowDown: () => node.below.find((each) => !each.rest),
      ArrowUp: () => node.above,
      Home: () => sisters[0],
      End: () => sisters[sisters.length - 1],
    }[event.key];
    if (to) {
      event.preventDefault();
      const next = to();
      if (!next) return;
      chart.querySelectorAll('[tabindex="0"]').forEach((each) => each.setAttribute('tabindex', '-1'));
      next.drawn.setAttribute('tabindex', '0');
      next.drawn.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      node.drawn.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    } else if (event.key === 'Escape' || event.key === 'Backspace') {
      event.preventDefault();
      up();
    }
  });
}

/** Return the layout of nodes as rings around the centre. */
function sunburst(nodes) {
  const deepest = Math.max(1, ...nodes.map((node) => node.depth));
  const [middle, outer] = isNarrow() ? [46, 215] : [84, 400], width = (outer - middle) / deepest;
  const inner = (depth) => middle + (depth - 1) * width;
  return {
    box: [-outer - 4, -outer - 4, 2 * outer + 8, 2 * outer + 8],
    place: (world, node, size) => {
      const group = svg('g', { class: `arc c${node.hue} d${node.depth}${node.rest ? ' rest' : ''}${node.depth ? '' : ' middle'}` });
      if (!node.depth) {
        group.append(svg('circle', { r: middle - 3 }));
        group.append(svg('text', { class: 'big', y: -2, text: count(node.counts[size]) }));
        group.append(svg('text', { y: 18, text: size }));
        return group;
      }
      const [r0, r1] = [inner(node.depth), inner(node.depth + 1)];
      group.append(svg('path', { d: ring(node.x0, node.x1, r0, r1) }));
      const middleRadius = (r0 + r1) / 2, along = (node.x1 - node.x0) * 2 * Math.PI * middleRadius;
      const turn = (node.x0 + node.x1) / 2 * 360;
      // the name of a wide part runs along its ring, that of a narrow one across it
      if (!node.rest && along > 1.25 * width && node.x1 - node.x0 < 0.999) {
        const lines = wrapped(node.name, along * 0.82 - 8, Math.floor(width / 14));
        if (lines.length) {
          const flipped = turn > 90 && turn < 270;
          write(group, lines, `rotate(${flipped ? turn + 180 : turn}) translate(0 ${flipped ? middleRadius : -middleRadius})`);
        }
      } else if (!node.rest && along >= 12) {
        const lines = wrapped(node.name, width - 8, Math.floor(along / 12.5));
        const flipped = turn > 180;
        const across = `rotate(${turn - 90}) translate(${middleRadius} 0)${flipped ? ' rotate(180)' : ''}`;
        write(group, lines, node.x1 - node.x0 > 0.999 ? `translate(0 ${-middleRadius})` : across);
      }
      return group;
    },
  };
}

/** Return the path of a ring segment; a full ring consists of two halves. */
function ring(x0, x1, r0, r1) {
  const at = (x, r) => `${(r * Math.sin(2 * Math.PI * x)).toFixed(2)} ${(-r * Math.cos(2 * Math.PI * x)).toFixed(2)}`;
  if (x1 - x0 > 0.9999) {
    const half = (r, sweep) => `M${at(0, r)}A${r} ${r} 0 1 ${sweep} ${at(0.5, r)}A${r} ${r} 0 1 ${sweep} ${at(0, r)}Z`;
    return half(r1, 1) + half(r0, 0);
  }
  const large = x1 - x0 > 0.5 ? 1 : 0;
  return `M${at(x0, r0)}L${at(x0, r1)}A${r1} ${r1} 0 ${large} 1 ${at(x1, r1)}L${at(x1, r0)}A${r0} ${r0} 0 ${large} 0 ${at(x0, r0)}Z`;
}

/** Return the layout of nodes as columns from left to right. */
function icicle(nodes) {
  const deepest = Math.max(1, ...nodes.map((node) => node.depth));
  const narrow = isNarrow();
  const [width, height] = narrow ? [420, 620] : [1000, 760];
  const first = narrow ? 46 : 90, each = (width - first) / deepest;
  return {
    box: [0, 0, width, height],
    place: (world, node, size) => {
      const group = svg('g', { class: `arc c${node.hue} d${node.depth}${node.rest ? ' rest' : ''}${node.depth ? '' : ' middle'}` });
      const x = node.depth ? first + (node.depth - 1) * each : 0, w = node.depth ? each : first;
      const y = node.x0 * height, h = (node.x1 - node.x0) * height;
      group.append(svg('rect', { x: x, y: y, width: w, height: h }));
      if (!node.depth) {
        group.append(svg('text', { class: 'big', x: w / 2, y: height / 2, text: count(node.counts[size]) }));
        group.append(svg('text', { x: w / 2, y: height / 2 + 18, text: size }));
      } else if (!node.rest && h >= 11) {
        const lines = wrapped(node.name, (w - 12) * 0.9, Math.max(1, Math.min(3, Math.floor(h / 15))));
        const room = h > 15 * (lines.length + 1);
        write(group, lines, `translate(${x + 6} ${y + h / 2})`, 'start', room ? count(node.counts[size]) : '');
      }
      return group;
    },
  };
}

/** Draw lines of text centred on a point. */
function write(group, lines, transform, anchor = 'middle', small = '') {
  const text = svg('text', { transform: transform, 'text-anchor': anchor, 'aria-hidden': 'true' });
  const all = small ? [...lines, small] : lines;
  all.forEach((line, n) => text.append(svg('tspan', {
    x: 0, y: (n - (all.length - 1) / 2) * (anchor === 'start' ? 14 : 12.5) + 4, class: small && n === lines.length ? 'soft' : '', text: line,
  })));
  group.append(text);
}

/** Break a name into lines of a given width; a line that is too long ends in an ellipsis. */
function wrapped(name, width, most) {
  const letters = Math.floor(width / 6);
  if (letters < 3 || most < 1) return [];
  const lines = [];
  let line = '';
  for (const word of [...name.split(/\s+/)]) {
    if (line && [...line, ' ', ...word].length > letters) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  const kept = lines.slice(0, Math.min(most, 3));
  return kept.map((each, n) => {
    const signs = [...each], cut = n === kept.length - 1 && lines.length > kept.length;
    if (signs.length > letters) return `${signs.slice(0, letters - 1).join('')}…`;
    return cut ? `${signs.slice(0, letters - 1).join('')}…` : each;
  });
}
