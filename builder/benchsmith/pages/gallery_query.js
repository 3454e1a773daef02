'use strict';
/* The query language of the tree, as `benchsmith subset` understands it: `axis=value axis!=a|b 'two words'`.
   Words without `=` are searched in the question and its options. */

const BELOW = '/**';

/** Divide a query into words like a shell. Throws on an open quote. */
function wordsOf(text) {
  const words = [];
  let own = null, quote = '';
  for (const letter of text) {
    if (quote) {
      if (letter === quote) quote = '';
      else own += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      own ??= '';
    } else if (/\s/.test(letter)) {
      if (own !== null) words.push(own);
      own = null;
    } else own = (own ?? '') + letter;
  }
  if (quote) throw new Error('the query has an unclosed quote');
  if (own !== null) words.push(own);
  return words;
}

/** Quote a word of a query where it needs to be. */
function asWord(text) {
  if (!/[\s'"]/.test(text)) return text;
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

/** Return one condition: `{axis, values, holds}` or `{words}`. */
function conditionOf(word) {
  const at = word.indexOf('=');
  if (at < 1) return { words: normal(word) };
  const holds = word[at - 1] !== '!';
  return {
    axis: word.slice(0, holds ? at : at - 1).trim(), holds,
    values: word.slice(at + 1).split('|').map((value) => value.trim()),
  };
}

/** Return a condition as a word. */
function wordOf(condition) {
  if (condition.words !== undefined) return asWord(condition.words);
  return asWord(`${condition.axis}${condition.holds ? '' : '!'}=${condition.values.join('|')}`);
}

/** Return which terms of an axis a value names: a byte for each. Throws if it names none. */
function termsOf(axis, value, above) {
  const found = new Uint8Array(axis.terms.length);
  if (value === '*') return found.fill(1);
  const below = value.endsWith(BELOW);
  const name = below ? value.slice(0, -BELOW.length) : value;
  const wanted = normal(name);
  const ids = new Set(Object.entries(above).filter(([id, title]) => id === name || normal(title) === wanted).map(([id]) => id));
  axis.terms.forEach(([id, title, synonyms]) => {
    if (id === name || [title, ...synonyms, id].some((each) => normal(each) === wanted)) ids.add(id);
  });
  if (!ids.size) throw new Error(`no question has the ${axis.id} “${name}”${nearest(axis, wanted)}`);
  axis.terms.forEach(([id, , , line], n) => {
    found[n] = Number(ids.has(id) || (below && line.some((each) => ids.has(each))));
  });
  return found;
}

/** Return a hint with terms that contain the text or begin like it. */
function nearest(axis, wanted) {
  const start = wanted.slice(0, 3);
  const near = axis.terms.filter(([, title]) => normal(title).includes(start)).slice(0, 3).map(([id]) => id);
  return near.length ? `: did you mean ${near.join(', ')}?` : '';
}

/** Compile a query for the columns. Throws an Error with the reason. */
function compile(text, columns) {
  return wordsOf(text).map((word) => {
    const condition = conditionOf(word);
    if (condition.words !== undefined) {
      const texts = Uint8Array.from(columns.normalTexts, (each) => Number(each.includes(condition.words)));
      return { ...condition, texts };
    }
    const axis = columns.axes.find((each) => each.id === condition.axis);
    if (!axis) throw new Error(`“${word}” is not axis=value: axes are ${columns.axes.map((each) => each.id).join(', ')}`);
    const allowed = new Uint8Array(axis.terms.length);
    for (const value of condition.values) termsOf(axis, value, columns.above[axis.id] ?? {}).forEach((is, n) => { allowed[n] |= is; });
    return { ...condition, allowed };
  });
}

/** Return the query with one value of an axis switched on, or off if it is on. */
function toggled(text, axis, value) {
  const conditions = wordsOf(text).map(conditionOf);
  const own = conditions.find((each) => each.axis === axis && each.holds);
  if (!own) conditions.push({ axis, holds: true, values: [value] });
  else if (own.values.includes(value)) own.values = own.values.filter((each) => each !== value);
  else own.values.push(value);
  return conditions.filter((each) => each.words !== undefined || each.values.length).map(wordOf).join(' ');
}

/** Return completions of the word before the caret: the start of that word, and texts with counts. */
function completions(text, caret, columns, counts) {
  const start = Math.max(text.lastIndexOf(' ', caret - 1), text.lastIndexOf('\t', caret - 1)) + 1;
  const word = text.slice(start, caret);
  const at = word.indexOf('=');
  if (at < 0) {
    const axes = columns.axes.filter((each) => each.id.startsWith(word.toLowerCase()));
    return { start, found: axes.map((each) => ({ text: `${each.id}=`, name: each.title, more: true })) };
  }
  const axis = columns.axes.find((each) => each.id === word.slice(0, at).replace(/!$/, ''));
  if (!axis) return { start, found: [] };
  const last = Math.max(word.lastIndexOf('|'), at) + 1;
  const wanted = normal(word.slice(last));
  const found = axis.terms
    .map(([id, name, synonyms], n) => ({ id, name, n, rank: rankOf([name, ...synonyms, id].map(normal), wanted) }))
    .filter((each) => each.rank >= 0 && each.id)
    .sort((a, b) => a.rank - b.rank || counts[axis.id][b.n] - counts[axis.id][a.n]);
  return {
    start,
    found: found.slice(0, 12).map((each) => ({ text: word.slice(0, last) + each.id, name: `${each.name} · ${count(counts[axis.id][each.n])}` })),
  };
}

function rankOf(names, wanted) {
  if (!wanted) return 2;
  if (names.some((name) => name.startsWith(wanted))) return 0;
  return names.some((name) => name.includes(wanted)) ? 1 : -1;
}
