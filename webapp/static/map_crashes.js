/* The crashes: cells when zoomed out, single crashes when zoomed in, or as heat; and their legend. */

import { absolute } from "./map_places.js";
import { card, crashCard } from "./map_cards.js";
import { SEVERITIES, icon } from "./map_icons.js";
import { marks, mine, showLayer } from "./map_switches.js";

const CELL_SIZES = [2.2, 3, 4, 5, 6.2];
const CELL_COLOURS = ["#f4d58d", "#f0a04b", "#d1420e", "#8d1f4f", "#3b0f70"];
const USUAL = [2, 5, 10, 20];
const HEAT_PX = 18;
const HEAT_FULL = 2.4;
const HEAT_SHADES = [0.3, "#f0a04b", 0.55, "#d1420e", 0.8, "#8d1f4f", 1, "#3b0f70"];

export const crashes = {
  switched: {},

  load(data) {
    return data.tiles ? { tiles: data.tiles, view: data.view, limits: told(data) } : null;
  },

  sources({ tiles }) {
    return { crashes: { type: "vector", tiles: [absolute(tiles)], minzoom: 0, maxzoom: 14 } };
  },

  /* What is not shown at first is hidden from the start: hiding it later would draw all anew. */
  ground({ view, limits }) {
    const hidden = view === "heat" ? MARKS : HEAT;
    return [...heat(), cells(limits), single()].map((layer) =>
      hidden.includes(layer.id) ? { ...layer, layout: { ...layer.layout, visibility: "none" } } : layer);
  },

  cards(box, words, number) {
    return {
      crashes: (one) => crashCard(one, box.dataset, words),
      cells: (one) => card(words.cell, [[words.crashes, number.format(one.properties.count)], [words.severity.fatal, number.format(one.properties.fatal)]]),
    };
  },

  ready(map, box) {
    const [wanted] = mine(box, "[data-switch='crashes']");
    const show = () => {
      const { view } = box.dataset;
      const on = wanted?.checked ?? true;
      for (const layer of MARKS) showLayer(map, layer, on && view !== "heat");
      for (const layer of HEAT) showLayer(map, layer, on && view === "heat");
      const faded = Array.isArray(map.getPaintProperty("crashes", "icon-opacity"));
      if (view === "age" || faded) map.setPaintProperty("crashes", "icon-opacity", view === "age" ? fading(box.dataset.months) : 1);
    };
    show();
    box.addEventListener("map:filter", show);
    wanted?.addEventListener("change", show);
    legend(map, box);
  },
};

const MARKS = ["crashes", "cells"];
const HEAT = ["heat-crashes", "heat-cells"];

/* Let the map ask for tiles of another address. MapLibre forgets that tiles are other ones when the
   style changes in the same frame: they are set after the next one, and `box.tiled` says when the
   style may change again. */
export function retile(map, box, address) {
  box.tiled = new Promise((done) => {
    map.once("render", () => {
      map.getSource("crashes").setTiles([absolute(address)]);
      requestAnimationFrame(() => requestAnimationFrame(done));
    });
    map.triggerRepaint();
  });
}

export function icons(map) {
  for (const severity of SEVERITIES) {
    map.addImage(`severity-${severity}`, icon(severity, 4), { pixelRatio: 4 });
  }
}

function cells(limits) {
  return {
    id: "cells",
    type: "circle",
    source: "crashes",
    "source-layer": "cells",
    layout: { "circle-sort-key": ["get", "count"] },
    paint: {
      ...graduated(limits),
      "circle-opacity": 0.9,
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 0.4,
    },
  };
}

/* The server says for each zoom level which cells are pale and which are dark: the style need not
   change when they come, which would read all tiles a second time. */
function graduated(limits) {
  return { "circle-radius": byZoom(limits, CELL_SIZES), "circle-color": byZoom(limits, CELL_COLOURS) };
}

/* A map of one crash is told nothing: it begins where crashes are no cells. */
function told(data) {
  return JSON.parse(data.cells ?? "[]");
}

function byZoom(limits, values) {
  if (!limits.length) return byCount(USUAL, values);
  const [widest, ...closer] = limits.map((steps) => byCount(steps, values));
  return ["step", ["zoom"], widest, ...closer.flatMap((steps, i) => [i + 1, steps])];
}

function byCount(steps, values) {
  return ["step", ["get", "count"], values[0], ...steps.flatMap((step, i) => [step, values[i + 1]])];
}

/* The newest month is whole, the oldest a shadow; what has no month counts as old. */
function fading(months) {
  const [first, last] = months.split(",").map(Number);
  return ["interpolate", ["linear"], ["get", "month"], first, 0.15, Math.max(last, first + 1), 1];
}

/* Every crash has the same weight: a cell weighs as much as the crashes in it. */
function heat() {
  const paint = {
    "heatmap-radius": HEAT_PX,
    "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, "rgba(244, 213, 141, 0)", 0.06, "rgba(244, 213, 141, 0.75)", ...HEAT_SHADES],
    "heatmap-opacity": 0.85,
  };
  return [
    { id: "heat-cells", type: "heatmap", source: "crashes", "source-layer": "cells", paint: { ...paint, "heatmap-weight": ["get", "count"] } },
    { id: "heat-crashes", type: "heatmap", source: "crashes", "source-layer": "crashes", paint },
  ];
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

/* The legend shows marks, steps or shades, whichever the map shows, for the zoom level it is at.
   Heat is set anew at each level, from what is in view; `box.level` is the one it is set for. */
function legend(map, box) {
  const parts = mine(box, "[data-shows]");
  const tell = () => {
    const seen = map.querySourceFeatures("crashes", { sourceLayer: "cells" });
    const shown = box.dataset.view === "heat" ? "heat" : seen.length ? "cells" : "points";
    for (const part of parts) part.hidden = ![shown, box.dataset.view].includes(part.dataset.shows);
    if (shown === "cells") steps(map, box);
    if (box.level === Math.floor(map.getZoom())) return;
    box.level = Math.floor(map.getZoom());
    if (shown === "heat") warm(map, [...seen, ...map.querySourceFeatures("crashes", { sourceLayer: "crashes" })]);
  };
  map.on("idle", tell);
  // All tiles are here: the heat is set before the next picture, not after it.
  tell();
  let known = box.dataset.cells;
  box.addEventListener("map:filter", () => {
    box.level = null;
    if (box.dataset.cells !== known) regraduate(map, box);
    known = box.dataset.cells;
    marks(box);
    tell();
  });
}

function regraduate(map, box) {
  for (const [name, value] of Object.entries(graduated(told(box.dataset)))) map.setPaintProperty("cells", name, value);
}

function steps(map, box) {
  const limits = [1, ...told(box.dataset)[Math.floor(map.getZoom())] ?? USUAL];
  mine(box, "[data-step]").forEach((step, i) => { step.textContent = range(limits[i], limits[i + 1]); });
}

/* The fullest places in view, three in a hundred, get the darkest shade. */
function warm(map, seen) {
  const sums = new Map();
  for (const { geometry, properties } of seen) {
    const { x, y } = map.project(geometry.coordinates);
    const place = `${Math.round(x / HEAT_PX)} ${Math.round(y / HEAT_PX)}`;
    sums.set(place, (sums.get(place) ?? 0) + (properties.count ?? 1));
  }
  const sorted = [...sums.values()].sort((a, b) => a - b);
  const full = sorted[Math.floor(0.97 * (sorted.length - 1))] ?? 1;
  for (const layer of HEAT) map.setPaintProperty(layer, "heatmap-intensity", HEAT_FULL / full);
}

function range(from, next) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  if (!next) return `${number.format(from)}+`;
  return next - from > 1 ? `${number.format(from)}–${number.format(next - 1)}` : number.format(from);
}
