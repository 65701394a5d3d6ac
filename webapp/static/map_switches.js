/* What stands beside a map and belongs to it: switches of layers, marks, the way back to all. */

import { drawn } from "./map_cards.js";
import { bounds, room } from "./map_view.js";

/* `switched` names the layers of the map that each switch shows and hides. */
export function switches(map, box, switched) {
  marks(box);
  // On a phone the panel is a sheet over the map: it opens when it is asked for.
  if (matchMedia("(max-width: 700px)").matches) for (const part of mine(box, "details[data-sheet]")) part.open = false;
  for (const input of mine(box, "[data-switch]")) {
    const ids = switched[input.dataset.switch] ?? [];
    input.addEventListener("change", () => show(map, ids, input.checked));
    show(map, ids, input.checked);
  }
  for (const button of mine(box, "[data-show-all]")) {
    button.addEventListener("click", () => map.fitBounds(bounds(box.dataset), room()));
  }
}

/* Draw the marks of the legend where they are still words. */
export function marks(box) {
  for (const mark of mine(box, "[data-severity]")) mark.replaceChildren(drawn(mark.dataset.severity));
}

export function mine(box, selector) {
  return [...document.querySelectorAll(selector)].filter((one) => one.closest("[data-of]")?.dataset.of === box.dataset.map);
}

/* Let the page tell something of this map: `box.tell(text)`. */
export function telling(box) {
  const [line] = mine(box, "[data-tell]");
  box.tell = (text) => {
    line.textContent = text;
  };
}

function show(map, ids, shown) {
  for (const id of ids) if (map.getLayer(id)) showLayer(map, id, shown);
}

/* Show or hide a layer. To say again what it does already would draw its whole source anew. */
export function showLayer(map, id, shown) {
  const wanted = shown ? "visible" : "none";
  if ((map.getLayoutProperty(id, "visibility") ?? "visible") !== wanted) map.setLayoutProperty(id, "visibility", wanted);
}
