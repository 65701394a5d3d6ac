/* Roads and water of the user's own extracts (data-extracts): beneath all data, calm, named in the
   reader's language. Each extract is [{ url, plan }]; the plan says which layers and fields of its
   tiles are roads and water (crashkit/extracts/schemas.toml). */

import * as basemap from "./basemap.js";

const WIDTHS = { motorway: 1.7, trunk: 1.5, primary: 1.2, secondary: 0.9, tertiary: 0.65 };
const FILLS = { motorway: "#f2d7a0", trunk: "#f7e5c1", primary: "#fffdf8" };
const WATER = "#dbe7ee";
const SHORE = "#b9cbd6";

export const extracts = {
  switched: { extracts: [] },

  load(data) {
    const found = data.extracts ? JSON.parse(data.extracts) : [];
    if (!found.length) return null;
    extracts.switched.extracts = [...ground(found), ...labels(found, "en")].map((layer) => layer.id);
    return found;
  },

  sources(found) {
    return Object.fromEntries(found.map(({ url }, i) => [
      `extract-${i}`,
      { type: "vector", url: `pmtiles://${new URL(url, location.href).href}` },
    ]));
  },

  ground,
  labels,
};

function ground(found) {
  return [
    ...found.flatMap(({ plan }, i) => [...plan.surfaces.map((layer) => surface(i, layer)), ...plan.rivers.map((layer) => river(i, layer))]),
    ...found.map(({ plan }, i) => roads(i, plan, "edges", { "line-color": "#c9bda9", "line-width": width(plan, 1.2) })),
    ...found.map(({ plan }, i) => roads(i, plan, "roads", { "line-color": byClass(plan, FILLS, "#fffdf8"), "line-width": width(plan, 0) })),
  ];
}

function labels(found, language) {
  return found.flatMap(({ plan }, i) => [
    ...plan.rivers.map((layer) => along(`extract-${i}-names-${layer}`, i, layer, {
      minzoom: 9,
      filter: isLine(),
      field: named(plan, language),
      colour: "#5f8aa3",
    })),
    along(`extract-${i}-road-names`, i, plan.labels, {
      minzoom: 7,
      filter: isRoad(plan),
      field: ["step", ["zoom"], ["coalesce", ["get", plan.roads.ref], ""], 12, ["coalesce", ...names(plan, language), ["get", plan.roads.ref], ""]],
      colour: "#6f675a",
    }),
  ]);
}

function surface(i, layer) {
  return {
    id: `extract-${i}-${layer}`,
    type: "fill",
    source: `extract-${i}`,
    "source-layer": layer,
    filter: ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false],
    paint: { "fill-color": WATER, "fill-outline-color": SHORE },
  };
}

function river(i, layer) {
  return {
    id: `extract-${i}-${layer}-lines`,
    type: "line",
    source: `extract-${i}`,
    "source-layer": layer,
    filter: isLine(),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": "#c3d7e2", "line-width": ["interpolate", ["linear"], ["zoom"], 6, 0.5, 12, 1.6, 16, 4] },
  };
}

function roads(i, plan, part, paint) {
  return {
    id: `extract-${i}-${part}`,
    type: "line",
    source: `extract-${i}`,
    "source-layer": plan.roads.layer,
    filter: isRoad(plan),
    layout: { "line-cap": "round", "line-join": "round", "line-sort-key": byClass(plan, WIDTHS, 0.8) },
    paint,
  };
}

function along(id, i, layer, { minzoom, filter, field, colour }) {
  return {
    id,
    type: "symbol",
    source: `extract-${i}`,
    "source-layer": layer,
    minzoom,
    filter,
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 350,
      "text-field": field,
      "text-font": [basemap.FONT],
      "text-size": 11,
    },
    paint: { "text-color": colour, "text-halo-color": "#fffdf8", "text-halo-width": 1.6 },
  };
}

function isLine() {
  return ["match", ["geometry-type"], ["LineString", "MultiLineString"], true, false];
}

function isRoad(plan) {
  const words = [...Object.values(plan.classes).flat(), "road"];
  return ["all", isLine(), ["match", classOf(plan), words, true, false]];
}

function classOf(plan) {
  return ["to-string", ["coalesce", ["get", plan.roads.class], ""]];
}

/* Ramps are drawn as roads of the least class: they lie close together. */
function byClass(plan, values, otherwise) {
  const pairs = Object.entries(values).flatMap(([name, value]) => {
    const words = plan.classes[name].filter((word) => name === "tertiary" || !word.endsWith("_link"));
    return [words, value];
  });
  return ["match", classOf(plan), ...pairs, otherwise];
}

function width(plan, extra) {
  const at = (size) => ["+", ["*", byClass(plan, WIDTHS, 0.65), size], extra];
  return ["interpolate", ["exponential", 1.4], ["zoom"], 5, at(0.5), 10, at(1.5), 15, at(6), 18, at(15)];
}

function named(plan, language) {
  return ["coalesce", ...names(plan, language), ""];
}

function names(plan, language) {
  const { name, names: before } = plan.roads;
  return [["get", `${before}${language}`], ["get", name]];
}
