/* How densely crashes lie: along the roads of a network as lines (data-density), on the plane as a
   surface (data-plane); both made by the server, "" while not chosen. data-density-unit says in which
   unit. What the shades mean stands beside the map. */

import { card } from "./map_cards.js";
import { broad } from "./map_roads.js";
import { mine } from "./map_switches.js";
import { fromTiles, shownFrom } from "./map_tiles.js";

/* The same as .paint-density-… in layers.css, and as the cells of crashes. */
const SHADES = ["#f4d58d", "#f0a04b", "#d1420e", "#8d1f4f", "#3b0f70"];
const WIDTHS = [2.4, 3.2, 4.2, 5.2, 6.4];

export const density = {
  switched: {},

  load: (data) => (data.density === undefined ? null : { along: data.density, plane: data.plane }),

  sources: ({ along, plane }) => ({
    density: fromTiles(along),
    plane: fromTiles(plane, { type: "raster", tileSize: 256, minzoom: 0, maxzoom: 14 }),
  }),

  ground({ along, plane }) {
    const shades = SHADES.map((_, n) => `density-${n}`);
    const by = (list) => ["match", ["get", "shade"], ...shades.flatMap((name, n) => [name, list[n]]), list[0]];
    const visible = (address) => (address ? "visible" : "none");
    return [
      { id: "plane", type: "raster", source: "plane", layout: { visibility: visible(plane) }, paint: { "raster-opacity": 0.7, "raster-fade-duration": 0, "raster-resampling": "nearest" } },
      {
        id: "density",
        type: "line",
        source: "density",
        "source-layer": "lines",
        layout: { "line-cap": "round", "line-join": "round", "line-sort-key": by(WIDTHS), visibility: visible(along) },
        paint: { "line-color": by(SHADES), "line-width": broad(by(WIDTHS)) },
      },
    ];
  },

  cards(box, words, number) {
    return {
      density: ({ properties }) => card(properties.name || "–", [[box.dataset.densityUnit, number.format(properties.most / 1000)]]),
    };
  },

  ready(map, box) {
    shownFrom(map, box, "density", ["density"]);
    shownFrom(map, box, "plane", ["plane"]);
    uncovered(box);
  },
};

/* Marks of crashes would cover the density: they are hidden when one is chosen, until switched on. */
function uncovered(box) {
  const [marks] = mine(box, "[data-switch='crashes']");
  const chosen = () => Boolean(box.dataset.density || box.dataset.plane);
  let was = chosen();
  box.addEventListener("map:filter", () => {
    if (chosen() === was) return;
    was = chosen();
    marks.checked = !was;
    marks.dispatchEvent(new Event("change"));
  });
}
