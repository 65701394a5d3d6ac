/* Roads of a kept network as vector tiles: plain, or by class, traffic or crashes. data-network is the
   address of the tiles, "" while no network is chosen; what a colour means stands beside the map. */

import * as basemap from "./basemap.js";
import { card } from "./map_cards.js";
import { absolute } from "./map_places.js";
import { SHADES, broad, shade } from "./map_roads.js";
import { fromTiles, shownFrom } from "./map_tiles.js";

const LINES = ["network-plain", "network-unknown", "network-few", "network-roads"];

export const network = {
  switched: {},

  load: (data) => (data.network === undefined ? null : { shown: data.network }),
  sources: ({ shown }) => ({ network: fromTiles(shown) }),

  ground({ shown }) {
    const layout = { "line-cap": "round", "line-join": "round", visibility: shown ? "visible" : "none" };
    const line = { type: "line", source: "network", "source-layer": "lines", layout };
    const is = (word) => ["==", ["get", "shade"], word];
    return [
      { ...line, id: "network-plain", filter: ["!", ["has", "shade"]], paint: { "line-color": "#5d6b78", "line-width": broad(1.6) } },
      { ...line, id: "network-unknown", filter: is("unknown"), paint: { "line-color": "#b5aea2", "line-width": 1.4 } },
      { ...line, id: "network-few", filter: is("few"), paint: { "line-color": "#7d7a74", "line-width": 2, "line-dasharray": [1, 2] } },
      { ...line, id: "network-roads", filter: ["match", ["get", "shade"], Object.keys(SHADES), true, false], layout: { ...layout, "line-sort-key": shade(1, 1) }, paint: { "line-color": shade(0, "#7d7a74"), "line-width": broad(shade(1, 2)) } },
    ];
  },

  labels({ shown }) {
    return [{
      id: "network-names",
      type: "symbol",
      source: "network",
      "source-layer": "lines",
      minzoom: 9,
      layout: { "symbol-placement": "line", "symbol-spacing": 350, "text-field": ["get", "name"], "text-font": [basemap.FONT], "text-size": 11, visibility: shown ? "visible" : "none" },
      paint: { "text-color": "#4d5a66", "text-halo-color": "#fffdf8", "text-halo-width": 1.6 },
    }];
  },

  /* The server knows what is to be said of a road, in the language of the page. */
  cards(box) {
    const made = async ({ id, properties }) => {
      const address = box.dataset.network.replace("{z}/{x}/{y}.mvt", `${id}.json`);
      const answer = await fetch(absolute(address), { headers: { Accept: "application/json" } });
      if (!answer.ok) return card(properties.name, []);
      const { name, rows } = await answer.json();
      return card(name, rows);
    };
    return Object.fromEntries(LINES.map((layer) => [layer, made]));
  },

  ready: (map, box) => shownFrom(map, box, "network", [...LINES, "network-names"]),
};
