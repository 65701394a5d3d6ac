/* The style of a map: the base map, and between its ground and its names the kinds of layer. */

import * as basemap from "./basemap.js";

/* `kinds` are pairs of a kind of layer and what it draws from. */
export function style(url, kinds, language) {
  return {
    version: 8,
    // Colours change at once: a slow computer would draw every step between.
    transition: { duration: 0, delay: 0 },
    sources: Object.assign(basemap.sources(url), ...kinds.map(([kind, content]) => kind.sources(content))),
    layers: [
      ...basemap.ground(),
      ...kinds.flatMap(([kind, content]) => kind.ground?.(content) ?? []),
      ...basemap.names(language),
      ...kinds.flatMap(([kind, content]) => kind.labels?.(content, language) ?? []),
    ],
  };
}
