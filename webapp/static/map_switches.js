/* What stands beside a map and belongs to it: switches of layers, marks, the way back to all. */

import { drawn } from "./map_cards.js";
import { bounds, room } from "./map_view.js";

/* `switched` names the layers of the map that each switch shows and hides. */
export function switches(map, box, switched) {
  for (const mark of mine(box, "[data-severity]")) mark.append(drawn(mark.dataset.severity));
  for (const input of mine(box, "[data-switch]")) {
    const ids = switched[input.dataset.switch] ?? [];
    input.addEventListener("change", () => show(map, ids, input.checked));
    show(map, ids, input.checked);
  }
  for (const button of mine(box, "[data-show-all]")) {
    button.addEventListener("click", () => map.fitBounds(bounds(box.dataset), room()));
  }
}

export function mine(box, selector) {
  return [...document.querySelectorAll(selector)].filter((one) => one.closest("[data-of]")?.dataset.of === box.dataset.map);
}

function show(map, ids, shown) {
  for (const id of ids) {
    if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
  }
}
