/* Ranked sites: a badge where there is room, a dot everywhere, the one in focus strong. */

import * as basemap from "./basemap.js";
import { siteCard } from "./map_cards.js";
import { badge } from "./map_icons.js";
import { extent, geojson, isSurface, points } from "./map_places.js";
import { room } from "./map_view.js";

export const sites = {
  switched: { sites: ["sites", "site-dots", "site-lines", "site-surfaces"] },

  async load(data) {
    const found = data.sites && await geojson(data.sites);
    if (!found) return null;
    found.features.forEach((one, i) => { one.properties.position = i + 1; });
    return { found, focus: Number(data.focus) || 0 };
  },

  sources({ found }) {
    return { sites: { type: "geojson", data: found }, "site-points": { type: "geojson", data: points(found) } };
  },

  labels({ focus }) {
    const strong = focus ? ["==", ["get", "position"], focus] : true;
    return [surfaces(strong), lines(strong), dots(strong), badges(strong)];
  },

  cards(box, words, number) {
    const shown = (one) => siteCard(one.properties, box.dataset, words, number);
    return { sites: shown, "site-dots": shown };
  },

  ready(map, box, { found, focus }) {
    const shown = focus ? found.features.filter((one) => one.properties.position === focus) : found.features;
    if (!box.dataset.bounds && shown.length) map.fitBounds(extent(shown), { ...room(), animate: false });
  },
};

export function icons(map) {
  map.addImage("site", badge("#0b5563", 4), { pixelRatio: 4 });
  map.addImage("site-faint", badge("#7d9aa1", 4), { pixelRatio: 4 });
}

function surfaces(strong) {
  const paint = { "fill-color": "#0b5563", "fill-opacity": ["case", strong, 0.16, 0.06] };
  return { id: "site-surfaces", type: "fill", source: "sites", filter: isSurface(), paint };
}

function lines(strong) {
  return {
    id: "site-lines",
    type: "line",
    source: "sites",
    filter: ["match", ["geometry-type"], ["Point", "MultiPoint"], false, true],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": "#0b5563", "line-width": ["case", strong, 3, 1.5], "line-opacity": ["case", strong, 0.85, 0.4] },
  };
}

/* Every site has a dot; a badge stands where there is room for it, the worst first. */
function dots(strong) {
  return {
    id: "site-dots",
    type: "circle",
    source: "site-points",
    paint: {
      "circle-radius": 4.5,
      "circle-color": ["case", strong, "#0b5563", "#7d9aa1"],
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 1.4,
    },
  };
}

function badges(strong) {
  return {
    id: "sites",
    type: "symbol",
    source: "site-points",
    layout: {
      "icon-image": ["case", strong, "site", "site-faint"],
      "icon-anchor": "bottom",
      "icon-padding": 0,
      "text-field": ["to-string", ["get", "rank"]],
      "text-font": [`${basemap.FONT} Bold`],
      "text-size": 11.5,
      "text-offset": [0, -1.62],
      "text-padding": 0,
      "symbol-sort-key": ["case", strong, ["get", "position"], 1e6],
    },
    paint: { "text-color": "#ffffff" },
  };
}
