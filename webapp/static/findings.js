/* The list of analyses: each element with `data-finding` gets the one sentence of what was found,
   asked for when it comes into view, one after the other, so that the page itself waits for none.
   Without this file the list leads to the analyses all the same. */

const waiting = [];
let busy = false;

const watcher = new IntersectionObserver((seen) => {
  for (const one of seen.filter((entry) => entry.isIntersecting)) {
    watcher.unobserve(one.target);
    waiting.push(one.target.querySelector("[data-finding]"));
  }
  work();
}, { rootMargin: "100px" });

for (const place of document.querySelectorAll("[data-finding]")) watcher.observe(place.parentElement);

async function work() {
  if (busy) return;
  busy = true;
  while (waiting.length) await tell(waiting.shift());
  busy = false;
}

async function tell(place) {
  try {
    const answer = await fetch(place.dataset.finding, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    place.textContent = (await answer.json()).finding;
  } catch (error) {
    console.warn(error);
  }
}
