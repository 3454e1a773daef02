'use strict';
/* Polls until the desk is open, then reloads the requested page. */

const POLL_MS = 400;

async function opened() {
  try {
    return (await fetch(location.href)).status !== 503;
  } catch {
    return false;
  }
}

async function wait() {
  while (!await opened()) await new Promise((done) => { setTimeout(done, POLL_MS); });
  location.reload();
}

wait();
