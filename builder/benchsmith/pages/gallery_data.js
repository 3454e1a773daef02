'use strict';
/* Load the script files beside the page, each once, and keep the ones that were used last. */

const KEPT_SHARDS = 120;
const ABLE = /^shards\/[a-z]+(-\d{5})?\.js$/;
const shardAddress = {
  createScriptURL: (path) => {
    if (!ABLE.test(path)) throw new TypeError(`not a file of the explorer: ${path}`);
    return path;
  },
};
const shardPolicy = window.trustedTypes ? window.trustedTypes.createPolicy('shards', shardAddress) : shardAddress;
const shards = new Map();
const waitingShards = new Map();

/** Called by each script file with its value. */
function shard(name, value) {
  waitingShards.get(name)?.(value);
  waitingShards.delete(name);
}

/** Return the promise of a file's value. */
function load(name) {
  const held = shards.get(name);
  if (held) {
    shards.delete(name);
    shards.set(name, held); // the last one used is the last one dropped
    return held;
  }
  const promise = new Promise((resolve, reject) => {
    waitingShards.set(name, resolve);
    const script = element('script', { onerror: () => reject(new Error(`shards/${name}.js cannot be read`)), onload: () => script.remove() });
    script.src = shardPolicy.createScriptURL(`shards/${name}.js`);
    document.head.append(script);
  });
  promise.catch(() => shards.delete(name));
  shards.set(name, promise);
  if (shards.size > KEPT_SHARDS) shards.delete(shards.keys().next().value);
  return promise;
}

/** Return the promise of value number n of a kind of which a file has `perShard` values. */
async function loadOne(kind, n, perShard) {
  const values = await load(`${kind}-${String(Math.floor(n / perShard)).padStart(5, '0')}`);
  return values[n % perShard];
}

/** Return a picture's address; the picture is JPEG in base64. */
function pictureAddress(base64) {
  return `data:image/jpeg;base64,${base64}`;
}
