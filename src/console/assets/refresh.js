// Keeps the overview fresh. Without this script the page is the same, as it was when it was opened.
const EVERY_MS = 15_000;
const button = document.querySelector('#refresh');
const live = document.querySelector('#live');
let paused = false;

/** Nobody's place on the page is taken away from under them. */
const isBusy = () =>
  paused || document.hidden || live.contains(document.activeElement) || live.querySelector('details[open]') !== null;

async function refresh() {
  if (isBusy()) return;
  const answer = await fetch(location.pathname, { headers: { accept: 'text/html' } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const [next, at] = [fresh.querySelector('#live'), fresh.querySelector('#refreshed')];
  if (!next || !at || isBusy()) return;
  document.querySelector('#refreshed').textContent = at.textContent;
  if (next.dataset.changed !== live.dataset.changed) {
    document.querySelector('#changed').textContent = next.dataset.changed;
    live.dataset.changed = next.dataset.changed;
  }
  live.replaceChildren(...next.childNodes);
}

button.hidden = false;
button.addEventListener('click', () => {
  paused = !paused;
  button.textContent = paused ? 'Go on updating' : 'Pause updates';
});
// An answer that does not come is asked for again.
setInterval(() => refresh().catch(() => undefined), EVERY_MS);
