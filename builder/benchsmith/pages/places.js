'use strict';
/*
 * Places of rows on the axes, and their selection by a query.
 *
 * A row is a set of targets with the same place on every axis: `v` has the index of a term for
 * each axis (-1 for none), `views` one bit for each granularity of the targets, `pictured` their
 * number, `targets` the same or 0 for altered pictures, whose originals are the targets. A step is a condition on one axis: `term`, and its descendants unless `exact`.
 */

/** Return an axis; its terms are [id, index of the parent or -1, name, synonyms]. */
function makeAxis(name, spec) {
  const children = spec.terms.map(() => []);
  const roots = [];
  spec.terms.forEach(([, parent], n) => (parent < 0 ? roots : children[parent]).push(n));
  // a term and its descendants have the preorder numbers from `first` to `last`
  const first = [], last = [];
  let next = 0;
  const visit = (n) => { first[n] = next++; children[n].forEach(visit); last[n] = next - 1; };
  roots.forEach(visit);
  return {
    name, title: spec.title, none: spec.none, terms: spec.terms, children, roots,
    isBelow: (n, above) => n >= 0 && first[above] <= first[n] && first[n] <= last[above],
    parent: (n) => spec.terms[n][1],
  };
}

/** Return rows with the names of their axes. */
function makeRows(axes, names, packed) {
  return {
    names,
    all: packed.map((row) => ({
      v: Object.fromEntries(names.map((name, n) => [name, row[n]])),
      views: row[names.length] ?? 0,
      pictured: row[names.length + 1] ?? 0,
      targets: row[names.length + 2] ? 0 : row[names.length + 1] ?? 0,
    })),
  };
}

/** Return whether a value meets a step. */
function meets(axis, value, step) {
  if (step.term < 0 || step.exact) return value === step.term;
  return axis.isBelow(value, step.term);
}

/** Return the rows that meet every step, and the bits of the selected granularities. */
function select(world, selection, steps) {
  let { rows, mask } = selection;
  for (const step of steps) {
    const axis = world.axes[step.axis];
    if (step.axis === 'granularity') {
      mask &= bitsOf(world, (n) => meets(axis, n, step));
      rows = rows.filter((row) => row.views & mask);
    } else {
      rows = rows.filter((row) => meets(axis, row.v[step.axis] ?? -1, step));
    }
  }
  return { rows, mask };
}

/** Return the bits of the granularities whose term passes a test. */
function bitsOf(world, test) {
  return world.views.reduce((bits, term, n) => bits | (test(term) ? 1 << n : 0), 0);
}

/** Count labels, targets, questions and sources. */
function countsOf(selection) {
  const labels = new Set(), sources = new Set();
  let targets = 0, questions = 0;
  for (const row of selection.rows) {
    labels.add(row.v.label);
    if (row.pictured) sources.add(row.v.source);
    targets += row.targets;
    for (let bits = row.views & selection.mask; bits; bits &= bits - 1) questions += row.pictured;
  }
  return { labels: labels.size, targets, questions, sources: sources.size };
}

/** Return the effective step on each axis: the last one. */
function conditions(steps) {
  return Object.fromEntries(steps.map((step) => [step.axis, step]));
}

/** Return whether an axis cannot be divided further. */
function isFinal(axis, step) {
  return step !== undefined && (step.exact || step.term < 0 || !axis.children[step.term].length);
}

/**
 * Divide a selection along the first axis that is not final; null if all are.
 *
 * Each part is the deepest term that all of its rows share, so that no two rings are the same.
 */
function parts(world, selection, steps, order) {
  const held = conditions(steps);
  const name = order.find((each) => !isFinal(world.axes[each], held[each]));
  if (name === undefined) return null;
  const axis = world.axes[name], step = held[name];
  const groups = new Map();
  const put = (value, row, bit) => {
    const key = childOf(axis, value, step);
    if (!groups.has(key)) groups.set(key, { rows: [], values: new Set(), mask: 0, last: null });
    const group = groups.get(key);
    if (group.last !== row) group.rows.push(row);
    group.last = row;
    group.values.add(value);
    group.mask |= bit;
  };
  for (const row of selection.rows) {
    if (name === 'granularity') {
      world.views.forEach((term, n) => {
        if (row.views & selection.mask & (1 << n)) put(term, row, 1 << n);
      });
    } else {
      put(row.v[name] ?? -1, row, 0);
    }
  }
  return {
    axis: name,
    groups: [...groups.values()].map((group) => ({
      step: { axis: name, ...shared(axis, [...group.values]) },
      selection: { rows: group.rows, mask: name === 'granularity' ? group.mask : selection.mask },
    })),
  };
}

/** Return the part that a value belongs to below a step: a root, a child, or the step's own term. */
function childOf(axis, value, step) {
  if (value < 0 || value === step?.term) return value;
  const stop = step === undefined ? -1 : step.term;
  let n = value;
  while (axis.parent(n) !== stop) n = axis.parent(n);
  return n;
}

/** Return the deepest term that values share; exact if it is the only value and has descendants. */
function shared(axis, values) {
  let term = values[0];
  if (term < 0) return { term, exact: true };
  while (!values.every((value) => axis.isBelow(value, term))) term = axis.parent(term);
  return { term, exact: values.length === 1 && axis.children[term].length > 0 };
}

/** Return the name of a step; a term's own rows, without descendants, are called `(itself)`. */
function nameOfStep(world, step, before) {
  const axis = world.axes[step.axis];
  if (step.term < 0) return axis.none;
  const own = step.exact && before.some((each) => each.axis === step.axis && each.term === step.term);
  return axis.terms[step.term][2] + (own ? ' (itself)' : '');
}

/** Return the query of some steps, in the syntax of `benchsmith subset`. */
function queryOf(world, steps) {
  return Object.values(conditions(steps)).map((step) => {
    const axis = world.axes[step.axis];
    let text;
    if (step.term >= 0) {
      const below = !step.exact && axis.children[step.term].length > 0;
      text = `${step.axis}=${axis.terms[step.term][0]}${below ? '/**' : ''}`;
    } else if (step.axis === 'modality' && world.mode === 'placed') {
      return '';
    } else {
      const every = axis.roots.map((n) => axis.terms[n][0] + (axis.children[n].length ? '/**' : ''));
      text = `${step.axis}!=${every.join('|')}`;
    }
    return /^[\w\-=!|/*.]+$/.test(text) ? text : quoted(text);
  }).filter(Boolean).join(' ');
}
