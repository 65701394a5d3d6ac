/* Roads by class, traffic or risk: the server gives each line of the layer its shade (data-paint),
   the legend beside the map says what it means. Broader where there is more: not by colour alone. */

import { card } from "./map_cards.js";
import { absolute, geojson } from "./map_places.js";

/* The same as .paint-… in layers.css. */
export const SHADES = {
  "step-0": ["#8fd0b0", 2.2],
  "step-1": ["#4fae9f", 3],
  "step-2": ["#2a86a0", 3.8],
  "step-3": ["#2d5a94", 4.6],
  "step-4": ["#2b1f63", 5.6],
  "class-0": ["#0072b2", 3.4],
  "class-1": ["#007f5f", 3.4],
  "class-2": ["#cc79a7", 3.4],
  "class-3": ["#8c5a2b", 3.4],
  "class-4": ["#56b4e9", 3.4],
  "class-5": ["#5f6368", 3.4],
};
const LAYERS = ["painted-roads", "painted-few", "painted-unknown"];
const NONE = { type: "FeatureCollection", features: [] };

export const painted = {
  switched: { painted: LAYERS },

  load: (data) => (data.paint === undefined ? null : {}),
  sources: () => ({ painted: { type: "geojson", data: NONE } }),

  ground() {
    const line = { type: "line", source: "painted", layout: { "line-cap": "round", "line-join": "round", "line-sort-key": shade(1, 1) } };
    return [
      { ...line, id: "painted-unknown", filter: ["==", ["get", "shade"], "unknown"], paint: { "line-color": "#b5aea2", "line-width": 1.4 } },
      { ...line, id: "painted-few", filter: ["==", ["get", "shade"], "few"], paint: { "line-color": "#7d7a74", "line-width": 2, "line-dasharray": [1, 2] } },
      { ...line, id: "painted-roads", filter: ["match", ["get", "shade"], Object.keys(SHADES), true, false], paint: { "line-color": shade(0, "#7d7a74"), "line-width": broad(shade(1, 2)) } },
    ];
  },

  cards() {
    const made = ({ properties }) => card(properties.name, JSON.parse(properties.rows));
    return Object.fromEntries(LAYERS.map((layer) => [layer, made]));
  },

  async ready(map, box) {
    let shown = "";
    const tell = async () => {
      const asked = box.dataset.paint;
      if (asked === shown) return;
      shown = asked;
      const found = asked ? await colours(asked) : NONE;
      // Another choice may have been made meanwhile.
      if (found && shown === asked) map.getSource("painted").setData(found);
    };
    box.addEventListener("map:filter", tell);
    await tell();
  },
};

/* A width that grows with the map. */
export function broad(size) {
  return ["interpolate", ["exponential", 1.3], ["zoom"], 5, ["*", size, 0.55], 10, size, 16, ["*", size, 2.4]];
}

export function shade(place, otherwise) {
  return ["match", ["get", "shade"], ...Object.entries(SHADES).flatMap(([name, look]) => [name, look[place]]), otherwise];
}

/* Return the lines of the layer, each with its shade and what is known of its road. */
async function colours(address) {
  const answer = await fetch(absolute(address), { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const { layer, shades, lines, roads } = await answer.json();
  const read = await geojson(layer);
  if (!read) return null;
  const features = read.features.map(({ type, geometry }, i) => {
    const { name, rows } = roads[lines[i]] ?? { name: "", rows: [] };
    return { type, geometry, properties: { shade: shades[i], name, rows: JSON.stringify(rows) } };
  });
  return { type: "FeatureCollection", features };
}
