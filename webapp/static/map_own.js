/* The layers a data set brings along, and bare points: roads, towns, lakes, provinces, junctions. */

import * as basemap from "./basemap.js";
import { card, linked } from "./map_cards.js";
import { within } from "./map_follow.js";
import { geojson, isSurface, points } from "./map_places.js";
import { mine } from "./map_switches.js";
import { postNear, roadOf } from "./map_within.js";

const TONES = { good: "#2f7d57", busy: "#2f7fa0", warn: "#e0a526", bad: "#b83a2e" };
const KINDS = ["roads", "towns", "lakes", "areas", "junctions", "points"];
const NAMED = ["towns", "lakes", "areas"];

export const own = {
  switched: {
    roads: ["own-roads", "own-road-edges", "own-road-names"],
    towns: ["own-towns", "own-towns-names"],
    lakes: ["own-lakes", "own-lakes-names"],
    areas: ["own-areas", "own-areas-names"],
    junctions: ["own-junctions"],
  },

  /* Return the layers of the data set by kind; one that cannot be had is left out. */
  async load(data) {
    const wanted = KINDS.filter((kind) => data[kind]);
    const read = await Promise.all(wanted.map((kind) => geojson(data[kind])));
    return Object.fromEntries(wanted.map((kind, i) => [kind, read[i]]).filter(([, one]) => one));
  },

  /* Names stand once, at one point of their feature, and not once in every tile it reaches into. */
  sources(layers) {
    const found = {};
    for (const [kind, content] of Object.entries(layers)) {
      found[kind] = { type: "geojson", data: content };
      if (NAMED.includes(kind)) found[`${kind}-names`] = { type: "geojson", data: points(content) };
    }
    return found;
  },

  ground(layers) {
    return [
      ...(layers.lakes ? [lakes()] : []),
      ...(layers.areas ? [areas()] : []),
      ...(layers.towns ? [townSurfaces()] : []),
      ...(layers.roads ? roads() : []),
      ...(layers.junctions ? [junctions()] : []),
      ...(layers.points ? [barePoints()] : []),
    ];
  },

  labels(layers, language) {
    return [
      ...(layers.areas ? [{ ...names("areas", language, "#8a8174"), maxzoom: 11 }] : []),
      ...(layers.lakes ? [names("lakes", language, "#5f8aa3")] : []),
      ...(layers.roads ? [roadNames(language)] : []),
      ...(layers.towns ? [names("towns", language, "#45474c")] : []),
    ];
  },

  collections: (layers) => layers,

  cards(box, words, number) {
    if (!box.dataset.select) return {};
    const named = ({ properties }) => placeCard(properties, box, words);
    return {
      "own-junctions": named,
      "own-roads": ({ properties }, place) => roadCard(properties, place, box, words, number),
      "own-areas": named,
      "own-areas-names": named,
    };
  },

  ready(map, box, layers) {
    for (const list of mine(box, "[data-named]")) list.replaceChildren(...options(layers));
  },
};

/* What can be selected where it was clicked: a junction or an area as a whole. */
function placeCard(properties, box, words) {
  const title = inLanguage(properties);
  const made = card(title, properties.town ? [[words.place, properties.town]] : []);
  const shape = [["shape", "named"], ["named", properties.name ?? properties.id]];
  return linked(made, within(box.dataset.select, shape), words.select_here, true);
}

/* A road is selected whole, or a kilometre of it around the place of the click. */
function roadCard(properties, place, box, words, number) {
  const road = roadOf(properties);
  const whole = box.layers.roads.features.find((one) => roadOf(one.properties) === road);
  const km = whole ? postNear(whole, place) : null;
  const made = card(properties.road_name ?? road, km === null ? [] : [[words.km, number.format(Math.round(km * 10) / 10)]]);
  if (km !== null) {
    const ends = [Math.max(whole.properties.from_km, km - 0.5), Math.min(whole.properties.to_km, km + 0.5)].map((one) => Math.round(one * 10) / 10);
    const text = words.select_km.replace("{from}", number.format(ends[0])).replace("{to}", number.format(ends[1]));
    const part = [["shape", "road"], ["on_road", road], ["from_km", ends[0]], ["to_km", ends[1]]];
    linked(made, within(box.dataset.select, part), text, true);
  }
  return linked(made, within(box.dataset.select, [["shape", "road"], ["on_road", road]]), words.select_road, true);
}

function inLanguage(properties) {
  return properties[`name_${document.documentElement.lang}`] ?? properties.name ?? properties.id;
}

/* What can be selected by name: areas in the reader's language, then junctions. */
function options(layers) {
  return ["areas", "towns", "lakes", "junctions"].flatMap((kind) => {
    const features = (layers[kind]?.features ?? []).filter(({ geometry }) => kind === "junctions" || /Polygon$/.test(geometry.type));
    return features.map(({ properties }) => new Option(properties.town ?? "", inLanguage(properties)));
  });
}

function lakes() {
  const paint = { "fill-color": "#dbe7ee", "fill-outline-color": "#b9cbd6" };
  return { id: "own-lakes", type: "fill", source: "lakes", filter: isSurface(), paint };
}

function areas() {
  const paint = { "line-color": "#b9ad9a", "line-width": 1.1, "line-dasharray": [4, 2, 1, 2] };
  return { id: "own-areas", type: "line", source: "areas", paint };
}

function townSurfaces() {
  const paint = { "fill-color": "#ece5d8", "fill-outline-color": "#d9cfbd" };
  return { id: "own-towns", type: "fill", source: "towns", filter: isSurface(), paint };
}

/* Motorways and main roads broad, local roads thin; unknown classes between. */
function roadWidth(extra) {
  const share = ["match", ["coalesce", ["get", "road_class"], ["get", "class"], ""]];
  const broad = ["motorway", "trunk", "national", "international", "republican"];
  const thin = ["local", "residential", "street", "tertiary", "service"];
  const factor = [...share, broad, 1.5, thin, 0.7, 1];
  const at = (width) => ["+", ["*", factor, width], extra];
  return ["interpolate", ["exponential", 1.4], ["zoom"], 5, at(0.6), 10, at(1.6), 15, at(7), 18, at(16)];
}

function roads() {
  const layout = { "line-cap": "round", "line-join": "round" };
  const casing = { "line-color": "#b9ac97", "line-width": roadWidth(1.4) };
  const inner = { "line-color": "#fffdf8", "line-width": roadWidth(0) };
  return [
    { id: "own-road-edges", type: "line", source: "roads", layout, paint: casing },
    { id: "own-roads", type: "line", source: "roads", layout, paint: inner },
  ];
}

function roadNames(language) {
  return {
    id: "own-road-names",
    type: "symbol",
    source: "roads",
    minzoom: 7,
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 350,
      "text-field": ["coalesce", ["get", "ref"], ["get", "road_number"], ["get", "road_key"], ["get", "road"], basemap.inLanguage(language), ""],
      "text-font": [basemap.FONT],
      "text-size": 11,
    },
    paint: { "text-color": "#6f675a", "text-halo-color": "#fffdf8", "text-halo-width": 1.6 },
  };
}

function names(source, language, colour) {
  return {
    id: `own-${source}-names`,
    type: "symbol",
    source: `${source}-names`,
    layout: {
      "text-field": ["coalesce", basemap.inLanguage(language), ""],
      "text-font": [basemap.FONT],
      "text-size": ["interpolate", ["linear"], ["coalesce", ["get", "population"], 0], 0, 11.5, 500000, 14.5],
      "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population"], 0]],
      "text-max-width": 8,
      "text-padding": 6,
    },
    paint: { "text-color": colour, "text-halo-color": "#fbfaf7", "text-halo-width": 1.5 },
  };
}

function junctions() {
  const paint = {
    "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 1, 15, 4],
    "circle-color": "#fffdf8",
    "circle-stroke-color": "#b5aa97",
    "circle-stroke-width": 1,
  };
  return { id: "own-junctions", type: "circle", source: "junctions", minzoom: 9, paint };
}

/* Points have one colour, or that of their tone. */
function barePoints() {
  const colour = ["match", ["get", "tone"], ...Object.entries(TONES).flat(), "#0b5563"];
  const paint = { "circle-radius": 3.5, "circle-color": colour, "circle-opacity": 0.6, "circle-stroke-color": "#fff", "circle-stroke-width": 0.6 };
  return { id: "own-points", type: "circle", source: "points", paint };
}
