/* Places and shapes of GeoJSON: middles, extents, and where to fetch it. */

export async function geojson(address) {
  const answer = await fetch(absolute(address), { headers: { Accept: "application/geo+json" } });
  return answer.ok ? answer.json() : null;
}

export function absolute(address) {
  return new URL(address, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
}

export function isSurface() {
  return ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
}

/* A feature's mark stands at its own coordinates where it names them, else in the middle. */
export function points(collection) {
  const features = [];
  for (const { geometry, properties } of collection.features) {
    const own = [properties.lon, properties.lat];
    const place = own.every(Number.isFinite) ? own : middle(geometry);
    if (place) features.push({ type: "Feature", geometry: { type: "Point", coordinates: place }, properties });
  }
  return { type: "FeatureCollection", features };
}

function middle(geometry) {
  if (!geometry) return null;
  const { type, coordinates } = geometry;
  if (type === "Point") return coordinates;
  if (type === "LineString") return coordinates[Math.floor(coordinates.length / 2)];
  if (type === "Polygon") return centroid(coordinates[0]);
  if (type === "MultiPolygon") return centroid(coordinates.map((one) => one[0]).sort((a, b) => b.length - a.length)[0]);
  const box = extent([{ geometry }]);
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

function centroid(ring) {
  let [area, x, y] = [0, 0, 0];
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
    area += cross;
    x += (ring[i][0] + ring[i + 1][0]) * cross;
    y += (ring[i][1] + ring[i + 1][1]) * cross;
  }
  return area ? [x / (3 * area), y / (3 * area)] : ring[0];
}

export function extent(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (node) => {
    if (typeof node[0] !== "number") return node.forEach(walk);
    box[0] = Math.min(box[0], node[0]);
    box[1] = Math.min(box[1], node[1]);
    box[2] = Math.max(box[2], node[0]);
    box[3] = Math.max(box[3], node[1]);
  };
  for (const one of features) if (one.geometry) walk(one.geometry.coordinates);
  return box;
}
