/* Layers whose tiles the server makes for what is chosen beside the map: shown while there is one. */

import { absolute } from "./map_places.js";
import { showLayer } from "./map_switches.js";

const NOWHERE = "/nothing/{z}/{x}/{y}";

/* A source of tiles; while nothing is chosen its layers are hidden, so that none is asked for. */
export function fromTiles(address, more = { type: "vector", minzoom: 0, maxzoom: 14 }) {
  return { ...more, tiles: [absolute(address || NOWHERE)] };
}

/* Show the layers of a source by the address in its attribute, and follow it with the filter. */
export function shownFrom(map, box, source, layers) {
  let shown = box.dataset[source];
  box.addEventListener("map:filter", async () => {
    // The tiles of the crashes are on their way: their style may not change before.
    await box.tiled;
    const asked = box.dataset[source];
    if (asked === shown) return;
    shown = asked;
    if (asked) map.getSource(source).setTiles([absolute(asked)]);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      for (const layer of layers) showLayer(map, layer, Boolean(box.dataset[source]));
    }));
  });
}
