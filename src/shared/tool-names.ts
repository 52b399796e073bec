/** What stands between the name of a server and that of its tool: `mcp__server__tool`, `server.tool`, `server/tool`. */
const explicit = /__|[./:]/;
const longest = 256;
const mostNames = 8;

/**
 * Names under which a tool that a model calls may be known to its server, case-folded, most likely first: clients put the
 * server's name before it (`mcp__server__tool`, `server.tool`, `server_tool`). At most 8.
 */
export function wireNames(name: string): string[] {
  const folded = name.slice(0, longest).toLowerCase();
  const names = new Set([folded]);
  const add = (separator: RegExp) => {
    let rest = folded;
    for (let at = separator.exec(rest); at !== null && names.size < mostNames; at = separator.exec(rest)) {
      rest = rest.slice(at.index + at[0].length);
      if (rest !== '') names.add(rest);
    }
  };
  add(explicit);
  add(/[_-]+/);
  return [...names];
}

/** Last word of a name: the same for a tool as its server and as a model knows it. */
export function lastWord(name: string): string {
  const folded = name.slice(0, longest).toLowerCase();
  return folded.split(/[^\p{L}\p{N}]+/u).findLast((word) => word !== '') ?? folded;
}
