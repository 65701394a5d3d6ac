/* What part of the world a map shows, its controls, and how it keeps its place. */

import * as maplibre from "./vendor/maplibre-gl.mjs";

const CLOSE = 15;

export function firstView(data) {
  const kept = JSON.parse((data.remember && sessionStorage.getItem(`map ${data.remember}`)) || "null");
  if (kept && (!data.bounds || meets(kept.box, bounds(data)))) return { center: kept.center, zoom: kept.zoom };
  return data.bounds ? { bounds: bounds(data), fitBoundsOptions: room() } : { center: [68, 42], zoom: 3 };
}

function meets(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

export function bounds(data) {
  return data.bounds.split(",").map(Number);
}

export function room() {
  const edge = Math.min(60, Math.round(window.innerWidth / 12));
  const legend = window.innerWidth > 900 && document.querySelector(".map-panel") ? 270 : edge;
  return { padding: { top: edge, bottom: edge, right: edge, left: legend }, maxZoom: CLOSE };
}

export function remember(map, data) {
  if (!data.remember) return;
  map.on("moveend", () => {
    const box = map.getBounds().toArray().flat();
    const view = { center: map.getCenter().toArray(), zoom: map.getZoom(), box };
    sessionStorage.setItem(`map ${data.remember}`, JSON.stringify(view));
  });
}

export function controls(map) {
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-right");
}

export function pin(map, place) {
  new maplibre.Marker({ color: "#0b5563" }).setLngLat(place.split(",").map(Number)).addTo(map);
}

export function idle(map) {
  return map.loaded() && !map.isMoving() ? Promise.resolve() : map.once("idle");
}
