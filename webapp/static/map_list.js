/* The crashes in view as a table of the server, for the keyboard and for screen readers. It follows
   the map while it is open; without a map it lists all that pass the filter. */

import { crashCard } from "./map_cards.js";
import { absolute } from "./map_places.js";
import { marks, mine } from "./map_switches.js";

export function lists(box, map, words) {
  for (const list of mine(box, "[data-list]")) keep(list, box, map, words);
}

function keep(list, box, map, words) {
  const details = list.closest("details");
  const told = details.querySelector("[role='status']");
  let asked = null;

  const fill = async (address) => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: asked.signal });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const sentence = page.querySelector("[data-list-told]");
      sentence.remove();
      told.textContent = sentence.textContent;
      list.replaceChildren(...page.body.childNodes);
      if (!map) for (const button of list.querySelectorAll("button")) button.remove();
      marks(box);
      return true;
    } catch (fault) {
      if (fault.name === "AbortError") return false;
      throw fault;
    }
  };
  const follow = () => {
    if (!details.open) return;
    const query = new URLSearchParams(location.search);
    if (map) query.set("place", view(map).map((one) => one.toFixed(5)).join(","));
    fill(`${absolute(list.dataset.list)}?${query}`);
  };

  details.addEventListener("toggle", follow);
  map?.on("moveend", follow);
  box.addEventListener("map:filter", follow);
  list.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-list-page]");
    const button = event.target.closest("button[data-crash]");
    if (link) {
      event.preventDefault();
      if (await fill(link.href)) list.querySelector("[role='region']").focus();
    }
    if (button) show(map, box, words, button.dataset);
  });
}

/* Return west, south, east, north of what is seen, within one turn of the earth. */
function view(map) {
  const seen = map.getBounds();
  if (seen.getEast() - seen.getWest() >= 360) return [-180, Math.max(-90, seen.getSouth()), 180, Math.min(90, seen.getNorth())];
  return [seen.getSouthWest().wrap().lng, seen.getSouth(), seen.getNorthEast().wrap().lng, seen.getNorth()];
}

async function show(map, box, words, { place, crash, kind }) {
  const one = { id: crash, properties: { severity: kind } };
  box.scrollIntoView({ block: "nearest" });
  box.open(place.split(",").map(Number), await crashCard(one, box.dataset, words));
}
