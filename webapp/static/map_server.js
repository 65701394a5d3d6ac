/* Pictures of a map server that an administrator allowed (data-server, an address with {z}, {x} and
   {y}). They come from outside: none is asked for before somebody switches them on. */

import { mine } from "./map_switches.js";

export const server = {
  switched: { server: ["server"] },

  load: (data) => data.server ?? null,
  sources: (address) => ({ server: { type: "raster", tiles: [address], tileSize: 256, maxzoom: 18 } }),
  ground: () => [{ id: "server", type: "raster", source: "server", layout: { visibility: "none" } }],

  ready(map, box) {
    const credit = box.querySelector("[data-server-credit]");
    for (const input of mine(box, "[data-switch='server']")) {
      input.addEventListener("change", () => { credit.hidden = !input.checked; });
    }
  },
};
