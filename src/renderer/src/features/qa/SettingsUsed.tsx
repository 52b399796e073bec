import type { QaRepository, QaSettings } from '../../../../shared/model/index.js';
import { commandText } from '../../components/command-text.js';
import { Fact, Facts } from '../../components/Facts.js';
import { RedactedText } from '../../components/RedactedText.js';
import classes from './qa.module.css';
import { commitText } from './words.js';

const kinds: Record<QaRepository['kind'], string> = { git: 'git', folder: 'a folder', archive: 'an archive' };

/** The exact settings of a run, and what it tested. */
export function SettingsUsed({ settings, repository }: { settings: QaSettings; repository: QaRepository | null }) {
  const { limits, repeat } = settings;
  return (
    <Facts>
      {repository !== null && (
        <>
          <Fact name="Repository">
            <RedactedText text={repository.name} /> <span className="dim">{kinds[repository.kind]}</span>
          </Fact>
          <Fact name="Before">
            <code title={repository.commit_before ?? undefined}>{commitText(repository.commit_before)}</code>
          </Fact>
          <Fact name="After">
            <code title={repository.commit_after ?? undefined}>{commitText(repository.commit_after)}</code>
          </Fact>
        </>
      )}
      <Fact name="Test command">
        <code className={classes.command}>
          <RedactedText text={commandText(settings.test_command)} />
        </code>
      </Fact>
      <Fact name="Framework">{settings.framework ?? 'detected'}</Fact>
      <Fact name="Repeats">
        {repeat.base} before, {repeat.fixed} after the change
      </Fact>
      <Fact name="Image">
        {settings.image}
        {settings.image_id !== null && (
          <span className="dim" title={settings.image_id}>
            {' '}
            prepared as {settings.image_id.replace(/^sha256:/, '').slice(0, 12)}
          </span>
        )}
      </Fact>
      <Fact name="Prepared by">
        {settings.prepare.length === 0
          ? 'nothing'
          : settings.prepare.map((argv) => (
              <code key={commandText(argv)} className={classes.command}>
                <RedactedText text={commandText(argv)} />
              </code>
            ))}
      </Fact>
      <Fact name="Network">
        {settings.network_in_prepare ? 'while preparing; none while testing' : 'none, in preparing and in testing'}
      </Fact>
      <Fact name="Runtime">{settings.runtime ?? 'the engine’s own'}</Fact>
      <Fact name="Limits">
        {limits.memory_mb.toLocaleString('en')} MB of memory, {limits.cpus} CPUs, {limits.pids.toLocaleString('en')}{' '}
        processes, {limits.work_mb.toLocaleString('en')} MB for files, {limits.tmp_mb.toLocaleString('en')} MB in /tmp,{' '}
        {limits.seconds.toLocaleString('en')} s, {limits.output_kb.toLocaleString('en')} kB of output kept
      </Fact>
      <Fact name="Environment">
        <code className={classes.command}>
          <RedactedText
            text={Object.entries(settings.env)
              .map(([name, value]) => `${name}=${value}`)
              .join(' ')}
          />
        </code>
      </Fact>
    </Facts>
  );
}
