import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startOf } from '../../../src/main/capture/launch/start-of.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-start-'));
writeFileSync(join(folder, 'agent.cmd'), '');
writeFileSync(join(folder, 'tool.exe'), '');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { PATH: folder, PATHEXT: '.exe;.cmd', comspec: 'cmd.exe' };

describe('how a command is started', () => {
  it('is as it stands where there are no batch files', () => {
    const command = ['agent', 'a & b'];
    expect(startOf(command, 'linux', env)).toEqual({ file: 'agent', args: ['a & b'], verbatim: false });
    expect(startOf(['tool', 'a & b'], 'win32', env)).toEqual({
      file: join(folder, 'tool.exe'),
      args: ['a & b'],
      verbatim: false,
    });
  });

  it('leaves nothing for cmd.exe to read in the arguments of a batch file', () => {
    const { file, args, verbatim } = startOf(['agent', 'x" & calc & "%PATH%', 'end\\'], 'win32', env);
    expect({ file, verbatim, flags: args.slice(0, 3) }).toEqual({
      file: 'cmd.exe',
      verbatim: true,
      flags: ['/d', '/s', '/c'],
    });
    expect(args[3]).not.toMatch(/(?<!\^)[&%|<>]/);
    expect(args[3]).toContain('end\\\\');
  });
});
