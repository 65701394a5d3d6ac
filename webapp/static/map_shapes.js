/* What is selected, drawn: the shapes of the filter, numbered as in the list above the map. */

import * as basemap from "./basemap.js";
import { extent, isSurface, points } from "./map_places.js";
import { room } from "./map_view.js";
import { outline, shapes as read } from "./map_within.js";

const COLOUR = "#0b5563";

export const shapes = {
  switched: {},

  load(data) {
    return data.select ? data : null;
  },

  sources() {
    return { shapes: empty(), "shape-names": empty() };
  },

  ground() {
    const paint = { "fill-color": COLOUR, "fill-opacity": 0.1 };
    return [{ id: "shape-surfaces", type: "fill", source: "shapes", filter: isSurface(), paint }];
  },

  labels() {
    return [lines("#ffffff", 5, 0.9), lines(COLOUR, 2.4, 1), dots(), numbers()];
  },

  ready(map, box) {
    const draw = () => {
      const found = drawn(box);
      map.getSource("shapes").setData(found);
      map.getSource("shape-names").setData(points(found));
    };
    box.addEventListener("map:filter", draw);
    box.addEventListener("map:typed", () => approach(map, box));
    // Nothing is drawn of no shapes: even that would draw the map anew.
    if (asked().length) draw();
  },
};

function asked() {
  return read(new URLSearchParams(location.search).get("within"));
}

/* Return the shapes of the address as GeoJSON. */
function drawn(box) {
  const features = asked().map((one, i) => ({
    type: "Feature",
    geometry: outline(one, box.layers ?? {}),
    properties: { number: String(i + 1) },
  }));
  return { type: "FeatureCollection", features: features.filter((one) => one.geometry) };
}

/* Show what is selected where it lies outside of the view, or is too small to be seen. */
function approach(map, box) {
  const { features } = drawn(box);
  if (!features.length) return;
  const [west, south, east, north] = extent(features);
  const seen = map.getBounds();
  const small = Math.max((east - west) / (seen.getEast() - seen.getWest()), (north - south) / (seen.getNorth() - seen.getSouth())) < 0.05;
  if (small || !seen.contains([west, south]) || !seen.contains([east, north])) {
    map.fitBounds([west, south, east, north], room());
  }
}

export function empty() {
  return { type: "geojson", data: { type: "FeatureCollection", features: [] } };
}

function lines(colour, width, opacity) {
  return {
    id: `shape-lines-${width > 3 ? "edge" : "core"}`,
    type: "line",
    source: "shapes",
    filter: ["match", ["geometry-type"], ["Point", "MultiPoint"], false, true],
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour, "line-width": width, "line-opacity": opacity },
  };
}

/* A junction is a point: a ring around it says which one is meant, not how far it reaches. */
function dots() {
  return {
    id: "shape-dots",
    type: "circle",
    source: "shapes",
    filter: ["match", ["geometry-type"], ["Point", "MultiPoint"], true, false],
    paint: { "circle-radius": 13, "circle-color": COLOUR, "circle-opacity": 0.08, "circle-stroke-color": COLOUR, "circle-stroke-width": 2.4 },
  };
}

function numbers() {
  return {
    id: "shape-numbers",
    type: "symbol",
    source: "shape-names",
    layout: {
      "text-field": ["get", "number"],
      "text-font": [`${basemap.FONT} Bold`],
      "text-size": 14,
      "text-allow-overlap": true,
    },
    paint: { "text-color": COLOUR, "text-halo-color": "#ffffff", "text-halo-width": 2 },
  };
}
