/* Places of lists side by side (data-compared): a mark by group, of shape and colour, the same as in lists.
   Each opens a card that leads to its row; buttons with data-compared-place do the same for the keyboard. */

import * as basemap from "./basemap.js";
import { card, linked } from "./map_cards.js";
import { mark } from "./map_icons.js";
import { geojson, points } from "./map_places.js";
import { mine } from "./map_switches.js";

const LETTER = /^[A-F]$/;
const SCALE = 3;

export const compared = {
  switched: { compared: ["compared"] },

  async load(data) {
    const found = data.compared && await geojson(data.compared);
    if (!found) return null;
    const places = points(found);
    const groups = [...new Set(places.features.map((one) => one.properties.group))];
    const marks = await Promise.all(groups.map(async (group) => [group, await mark(file(group), SCALE)]));
    return { places, marks };
  },

  sources: ({ places }) => ({ compared: { type: "geojson", data: places } }),

  labels: () => [{
    id: "compared",
    type: "symbol",
    source: "compared",
    layout: {
      "icon-image": ["concat", "compared-", ["get", "group"]],
      "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.5, 9, 0.62, 12, 1],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "text-field": ["step", ["zoom"], "", 10, ["match", ["get", "group"], ["A", "B", "C", "D", "E", "F"], ["get", "group"], ""]],
      "text-font": [`${basemap.FONT} Bold`],
      "text-size": ["interpolate", ["linear"], ["zoom"], 10, 8, 12, 10],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
      // The first places of the list lie on top.
      "symbol-sort-key": ["*", -1, ["get", "place"]],
    },
    paint: { "text-color": "#ffffff" },
  }],

  cards(box, words, number) {
    return { compared: ({ properties }) => placeCard(properties, words, number) };
  },

  begun(map, box, { marks }) {
    for (const [group, image] of marks) map.addImage(`compared-${group}`, image, { pixelRatio: SCALE });
  },

  ready(map, box, { places }, words) {
    const number = new Intl.NumberFormat(box.dataset.language ?? document.documentElement.lang);
    const known = new Map(places.features.map((one) => [String(one.properties.place), one]));
    for (const button of mine(box, "button[data-compared-place]")) {
      const one = known.get(button.dataset.comparedPlace);
      button.hidden = !one;
      button.addEventListener("click", () => {
        box.scrollIntoView({ block: "nearest" });
        map.jumpTo({ center: one.geometry.coordinates, zoom: Math.max(map.getZoom(), 12) });
        box.open(one.geometry.coordinates, placeCard(one.properties, words, number));
      });
    }
  },
};

function file(group) {
  return LETTER.test(group) ? `place-only-${group}` : `place-${group}`;
}

function placeCard(place, words, number) {
  const rows = [[words.crashes, number.format(place.crashes)]];
  for (const [name, value] of Object.entries(place)) {
    if (name.startsWith("rank_")) rows.push([words.rank_in.replace("{list}", name.slice(5)), value || "–"]);
  }
  const made = card(`${place.place}. ${place.name}`, rows);
  return document.getElementById(`place-${place.place}`) ? linked(made, `#place-${place.place}`, words.open_row) : made;
}
