'use strict';
/* Waits until the desk is open, and shows the page that was asked for. */

const WAIT_MS = 400;

async function opened() {
  try {
    return (await fetch(location.href)).status !== 503;
  } catch {
    return false;
  }
}

async function wait() {
  while (!await opened()) await new Promise((done) => { setTimeout(done, WAIT_MS); });
  location.reload();
}

wait();
