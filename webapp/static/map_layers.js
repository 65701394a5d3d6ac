/* Layers that users added (data-layers): [{ key, title, kind, colour, url }], each in its colour.
   What their features say stands in the pop-up, as text. */

import * as basemap from "./basemap.js";
import { card } from "./map_cards.js";
import { geojson, isSurface, points } from "./map_places.js";
import { mine } from "./map_switches.js";

/* Okabe and Ito, and two more; the same as .layer-… in layers.css. */
const COLOURS = { blue: "#0072b2", green: "#007f5f", sky: "#56b4e9", pink: "#cc79a7", brown: "#8c5a2b", grey: "#5f6368" };
const SHOWN = 12;

export const layers = {
  switched: {},

  /* One that cannot be had is left out. */
  async load(data) {
    const wanted = data.layers ? JSON.parse(data.layers) : [];
    const read = await Promise.all(wanted.map((one) => geojson(one.url)));
    const found = wanted.map((one, i) => ({ ...one, content: read[i] })).filter((one) => one.content);
    for (const one of found) layers.switched[`layer-${one.key}`] = [...drawn(one), ...named(one, "en")].map((layer) => layer.id);
    return found.length ? found : null;
  },

  sources(found) {
    return Object.fromEntries(found.flatMap(({ key, content }) => [
      [`layer-${key}`, { type: "geojson", data: content }],
      [`layer-${key}-names`, { type: "geojson", data: points(content) }],
    ]));
  },

  collections: (found) => Object.fromEntries(found.map(({ key, content }) => [key, content])),

  ground: (found) => found.flatMap(drawn),
  labels: (found, language) => found.flatMap((one) => named(one, language)),

  /* Areas can be selected by name; a point of the same layer has no surface to select. */
  ready(map, box, found) {
    const areas = found.filter((one) => one.kind === "areas").flatMap((one) => one.content.features).filter(({ geometry }) => /Polygon$/.test(geometry?.type));
    const names = areas.map(({ properties }) => title(properties, document.documentElement.lang)).filter(Boolean);
    for (const list of mine(box, "[data-named]")) list.append(...names.map((name) => new Option("", name)));
  },

  cards(box) {
    const found = box.dataset.layers ? JSON.parse(box.dataset.layers) : [];
    const language = document.documentElement.lang;
    return Object.fromEntries(found.flatMap((one) => {
      const made = ({ properties }) => card(title(properties, language) ?? one.title, rows(properties));
      return ["points", "lines", ...(one.kind === "areas" ? [] : ["surfaces"])].map((part) => [`layer-${one.key}-${part}`, made]);
    }));
  },
};

function title(properties, language) {
  return properties[`name_${language}`] || properties.name || null;
}

function rows(properties) {
  const told = Object.entries(properties).filter(([key, value]) => value !== null && value !== "" && !/^name(_|$)/.test(key));
  return told.slice(0, SHOWN).map(([key, value]) => [key, String(value)]);
}

/* Areas are edges only: a colour over the whole country would hide what lies below. */
function drawn({ key, kind, colour }) {
  const paint = COLOURS[colour];
  const source = `layer-${key}`;
  const wide = ["interpolate", ["exponential", 1.4], ["zoom"], 5, 1, 10, 2.2, 15, 5];
  const found = [
    { id: `${source}-lines`, type: "line", source, filter: is("LineString"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": paint, "line-width": kind === "roads" ? wide : 2 } },
    { id: `${source}-points`, type: "circle", source, filter: is("Point"), paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 6, 2.5, 14, 6], "circle-color": paint, "circle-stroke-color": "#fff", "circle-stroke-width": 1 } },
    { id: `${source}-edges`, type: "line", source, filter: isSurface(), paint: { "line-color": paint, "line-width": 1.4, ...(kind === "areas" ? { "line-dasharray": [4, 2, 1, 2] } : {}) } },
  ];
  if (kind === "areas") return found;
  return [{ id: `${source}-surfaces`, type: "fill", source, filter: isSurface(), paint: { "fill-color": paint, "fill-opacity": 0.15 } }, ...found];
}

function is(type) {
  return ["match", ["geometry-type"], [type, `Multi${type}`], true, false];
}

function named({ key, kind, colour }, language) {
  const road = ["coalesce", ["get", "road_number"], ["get", "ref"], ["get", `name_${language}`], ["get", "name"], ""];
  const style = {
    type: "symbol",
    layout: { "text-font": [basemap.FONT], "text-size": 11.5, "text-max-width": 8, "text-padding": 6 },
    paint: { "text-color": COLOURS[colour], "text-halo-color": "#fbfaf7", "text-halo-width": 1.5 },
  };
  if (kind === "roads") {
    return [{ ...style, id: `layer-${key}-names`, source: `layer-${key}`, minzoom: 7, filter: is("LineString"), layout: { ...style.layout, "text-size": 11, "symbol-placement": "line", "symbol-spacing": 350, "text-field": road } }];
  }
  const field = ["coalesce", ["get", `name_${language}`], ["get", "name"], ["get", "name_en"], ""];
  return [{ ...style, id: `layer-${key}-names`, source: `layer-${key}-names`, minzoom: kind === "areas" ? 0 : 10, layout: { ...style.layout, "text-field": ["to-string", field], "text-offset": kind === "areas" ? [0, 0] : [0, 1] } }];
}
