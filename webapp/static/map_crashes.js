/* The crashes: cells when zoomed out, single crashes when zoomed in, and their legend. */

import { absolute } from "./map_places.js";
import { card, crashCard } from "./map_cards.js";
import { SEVERITIES, icon } from "./map_icons.js";
import { mine } from "./map_switches.js";

const CELL_SHARES = [0.4, 0.7, 0.9, 0.98];
const CELL_COLOURS = ["#f4d58d", "#f0a04b", "#d1420e", "#8d1f4f", "#3b0f70"];
const ROUND = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [10 ** n, 2 * 10 ** n, 5 * 10 ** n]);

export const crashes = {
  switched: { crashes: ["crashes", "cells"] },

  load(data) {
    return data.tiles ?? null;
  },

  sources(tiles) {
    return { crashes: { type: "vector", tiles: [absolute(tiles)], minzoom: 0, maxzoom: 14 } };
  },

  ground() {
    return [cells(), single()];
  },

  cards(box, words, number) {
    return {
      crashes: (one) => crashCard(one, box.dataset, words),
      cells: (one) => card(words.cell, [[words.crashes, number.format(one.properties.count)], [words.severity.fatal, number.format(one.properties.fatal)]]),
    };
  },

  ready(map, box) {
    legend(map, box);
  },
};

export function icons(map) {
  for (const severity of SEVERITIES) {
    map.addImage(`severity-${severity}`, icon(severity, 4), { pixelRatio: 4 });
  }
}

function cells() {
  return {
    id: "cells",
    type: "circle",
    source: "crashes",
    "source-layer": "cells",
    layout: { "circle-sort-key": ["get", "count"] },
    paint: {
      "circle-radius": byCount([2, 5, 10, 20], [2.2, 3, 4, 5, 6.2]),
      "circle-color": byCount([2, 5, 10, 20], CELL_COLOURS),
      "circle-opacity": 0.9,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 0.4,
    },
  };
}

function byCount(steps, values) {
  return ["step", ["get", "count"], values[0], ...steps.flatMap((step, i) => [step, values[i + 1]])];
}

/* Steps follow what is in view: most cells pale, the fullest fiftieth dark, at every zoom. */
function cellSteps(counts) {
  const sorted = counts.sort((a, b) => a - b);
  const steps = [];
  for (const share of CELL_SHARES) {
    const wanted = sorted[Math.floor(share * (sorted.length - 1))];
    const least = steps.at(-1) ?? 1;
    steps.push(ROUND.findLast((one) => one <= wanted && one > least) ?? ROUND.find((one) => one > least));
  }
  return steps;
}

/* Worst on top: a higher key is drawn later. */
function single() {
  const worse = SEVERITIES.flatMap((severity, i) => [severity, SEVERITIES.length - i]);
  return {
    id: "crashes",
    type: "symbol",
    source: "crashes",
    "source-layer": "crashes",
    layout: {
      "icon-image": ["concat", "severity-", ["get", "severity"]],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 5, 0.42, 9, 0.55, 13, 0.85, 16, 1.15],
      "symbol-sort-key": ["match", ["get", "severity"], ...worse, 0],
    },
  };
}

/* The legend shows marks or steps, whichever the map shows; steps are set anew at each zoom level. */
function legend(map, box) {
  const parts = mine(box, "[data-shows]");
  const steps = mine(box, "[data-step]");
  let level = null;
  const tell = () => {
    const counts = map.queryRenderedFeatures({ layers: ["cells"] }).map((one) => one.properties.count);
    for (const part of parts) part.hidden = (part.dataset.shows === "cells") !== counts.length > 0;
    if (!counts.length || level === Math.floor(map.getZoom())) return;
    level = Math.floor(map.getZoom());
    const found = cellSteps(counts);
    map.setPaintProperty("cells", "circle-color", byCount(found, CELL_COLOURS));
    map.setPaintProperty("cells", "circle-radius", byCount(found, [2.2, 3, 4, 5, 6.2]));
    const limits = [1, ...found];
    steps.forEach((step, i) => { step.textContent = range(limits[i], limits[i + 1]); });
  };
  map.on("idle", tell);
}

function range(from, next) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  if (!next) return `${number.format(from)}+`;
  return next - from > 1 ? `${number.format(from)}–${number.format(next - 1)}` : number.format(from);
}
