'use strict';
/* Which questions a query accepts, how many each term has beside the other conditions, and their order. */

const BINS = 12;

/** Add to the columns what filters need: texts to search, and an axis for each model's answers. */
function prepared(columns) {
  columns.normalTexts = columns.texts.map(normal);
  for (const [model, answers] of Object.entries(columns.models)) {
    columns.axes.push({
      id: `model:${model}`, title: `Answer of ${model}`,
      terms: [['right', 'right', [], []], ['wrong', 'wrong', [], []], ['none', 'no answer', [], []]],
      column: answers.map((given, n) => verdict(given, columns.keys[n])),
    });
  }
  for (const axis of columns.axes) axis.column = Uint16Array.from(axis.column);
  return columns;
}

/** Return 0 for a right answer, 1 for a wrong one, 2 where there is none, or no key. */
function verdict(given, key) {
  if (!given || !key.length) return 2;
  return given.length === key.length && given.every((each) => key.includes(each)) ? 0 : 1;
}

/** Return the numbers of the questions that all conditions accept, and the counts of every term.
    A term's count ignores the conditions on its own axis: it says what a click would give. */
function filtered(columns, conditions, ranges) {
  const total = columns.ids.length;
  const fails = new Uint8Array(total), last = new Int16Array(total).fill(-1);
  const fail = (n, by) => { fails[n] += 1; last[n] = by; };
  const places = new Map(columns.axes.map((axis, n) => [axis.id, n]));
  for (const { axis, allowed, holds } of conditions.filter((each) => each.allowed)) {
    const by = places.get(axis), { column } = columns.axes[by];
    for (let n = 0; n < total; n += 1) if (Boolean(allowed[column[n]]) !== holds) fail(n, by);
  }
  for (const { texts } of conditions.filter((each) => each.texts)) {
    for (let n = 0; n < total; n += 1) if (!texts[columns.stems[n]] && !columns.options[n].some((each) => texts[each])) fail(n, -1);
  }
  Object.entries(ranges).forEach(([name, [low, high]]) => {
    const values = columns.measures[name] ?? [];
    for (let n = 0; n < total; n += 1) if (values[n] === null || (low !== null && values[n] <= low) || values[n] > high) fail(n, -1);
  });
  const counts = Object.fromEntries(columns.axes.map((axis, by) => {
    const own = new Uint32Array(axis.terms.length);
    for (let n = 0; n < total; n += 1) if (!fails[n] || (fails[n] === 1 && last[n] === by)) own[axis.column[n]] += 1;
    return [axis.id, own];
  }));
  const found = [];
  for (let n = 0; n < total; n += 1) if (!fails[n]) found.push(n);
  return { found, counts };
}

/** Sort questions by a measure, an axis or the order of the release; what is unknown comes last. */
function sorted(columns, found, by, falling) {
  if (!by) return falling ? found.toReversed() : found;
  const axis = columns.axes.find((each) => `axis:${each.id}` === by);
  const rank = axis && axis.terms.map(([, name], n) => [name, n]).sort((a, b) => (a[0] < b[0] ? -1 : 1)).reduce((all, [, n], place) => { all[n] = place; return all; }, []);
  const values = axis ? Array.from(axis.column, (term) => rank[term]) : columns.measures[by];
  if (!values) return found;
  const sign = falling ? -1 : 1;
  return [...found].sort((a, b) => {
    if (values[a] === null || values[b] === null) return (values[a] === null) - (values[b] === null) || a - b;
    return sign * (values[a] - values[b]) || a - b;
  });
}

/** Return the bins of a measure, above the first and up to the second bound: quantiles, so that each has about
    equally many, or single values where there are few. */
function binsOf(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const single = [...new Set(known)];
  const bounds = single.length <= BINS ? single : [...new Set(Array.from({ length: BINS }, (_, n) => known[Math.ceil(((n + 1) / BINS) * known.length) - 1]))];
  return bounds.map((high, n) => [n ? bounds[n - 1] : null, high]);
}
