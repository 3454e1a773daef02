'use strict';
/* Find a term of any axis by its name, a synonym or its id. */

const SHOWN = 40;

/** Return every name of every axis with its term. */
function namesOf(axes) {
  return Object.values(axes).flatMap((axis) => axis.terms.flatMap(([id, , name, synonyms], term) => (
    [name, ...synonyms, id].map((each, n) => ({ axis, term, name, synonym: n && n <= synonyms.length ? each : '', key: normal(each) }))
  )));
}

/** Return the terms that match a text, the best match first, each once. */
function found(names, text) {
  const wanted = normal(text);
  if (!wanted) return [];
  const rank = (key) => {
    if (key === wanted) return 0;
    if (key.startsWith(wanted)) return 1;
    if (key.includes(` ${wanted}`)) return 2;
    return key.includes(wanted) ? 3 : -1;
  };
  const seen = new Set();
  return names
    .map((each) => ({ ...each, rank: rank(each.key) }))
    .filter((each) => each.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.key.length - b.key.length || (a.key < b.key ? -1 : 1))
    .filter((each) => {
      const key = `${each.axis.name} ${each.term}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** Initialise the search box; `take` is called with an axis and the index of the chosen term. */
function searchBox(axes, countText, take) {
  const input = document.getElementById('search'), list = document.getElementById('results');
  const names = namesOf(axes);
  let shown = [], at = -1;
  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const choose = (n) => {
    if (!shown[n]) return;
    const { axis, term } = shown[n];
    input.value = '';
    close();
    take(axis, term);
  };
  const mark = (n) => {
    at = (n + shown.length) % shown.length;
    [...list.children].forEach((each, i) => each.setAttribute('aria-selected', String(i === at)));
    input.setAttribute('aria-activedescendant', `result-${at}`);
    list.children[at].scrollIntoView({ block: 'nearest' });
  };
  input.addEventListener('input', () => {
    const every = found(names, input.value);
    shown = every.slice(0, SHOWN);
    list.replaceChildren(...shown.map((each, n) => element('li', {
      id: `result-${n}`, role: 'option', 'aria-selected': 'false', onclick: () => choose(n),
      children: [
        element('span', { children: [nameOf(each.name), ...(each.synonym ? [' · ', nameOf(each.synonym)] : [])] }),
        element('span', { text: `${each.axis.title} · ${countText(each.axis, each.term)}` }),
      ],
    })));
    list.hidden = !shown.length;
    input.setAttribute('aria-expanded', String(!!shown.length));
    at = -1;
    announce(input.value ? `${every.length} found` : '');
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (list.hidden) return;
    if (event.key === 'ArrowDown') mark(at + 1);
    else if (event.key === 'ArrowUp') mark(at < 0 ? shown.length - 1 : at - 1);
    else if (event.key === 'Enter') choose(Math.max(at, 0));
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', () => setTimeout(close, 200));
}
