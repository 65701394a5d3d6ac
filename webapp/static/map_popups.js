/* What a click on the map tells of the thing it hits. */

import * as maplibre from "./vendor/maplibre-gl.mjs";

/* `cards` makes the card of a feature, by layer; of several things hit the layer named first wins. */
export function popups(map, box, cards) {
  box.open = (place, content) => {
    map.popup?.remove();
    map.popup = new maplibre.Popup({ maxWidth: "300px", offset: 8 }).setLngLat(place).setDOMContent(content).addTo(map);
  };
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !map.popup?.isOpen()) return;
    map.popup.remove();
    map.getCanvas().focus();
  });
  const layers = Object.keys(cards);
  for (const layer of layers) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  map.on("click", async (event) => {
    if (box.drawing) return;
    const area = [[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]];
    // A data set has roads but no junctions, or neither: MapLibre answers nothing where one is missing.
    const hits = map.queryRenderedFeatures(area, { layers: layers.filter((layer) => map.getLayer(layer)) });
    const first = layers.find((layer) => hits.some((one) => one.layer.id === layer));
    const hit = hits.find((one) => one.layer.id === first);
    if (hit) box.open(hit.geometry.type === "Point" ? hit.geometry.coordinates : event.lngLat, await cards[first](hit, event.lngLat.toArray()));
  });
}
