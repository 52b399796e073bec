import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Exchange } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { formatCount } from '../../components/format.js';
import { Json } from '../../components/Json.js';
import { Framed, PanelSection } from '../../components/layout/Panel.js';
import { Notice } from '../../components/Notice.js';
import type { PlaceholderNote } from '../../components/RedactedText.js';
import { saveText } from '../../host/save-file.js';
import { describeError } from '../../rpc/errors.js';
import { BodyText } from './BodyText.js';
import classes from './exchange.module.css';
import { type Side, useBody, wholeBody } from './use-body.js';

const sealedReasons: Record<string, string> = {
  binary: 'It is not text.',
  undecodable: 'Its content-encoding could not be undone.',
  bomb: 'Decompressed it would exceed the limit.',
};

interface Props {
  exchange: Exchange;
  side: Side;
  notes: ReadonlyMap<string, PlaceholderNote>;
}

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** One redacted body: as a tree where it is JSON and whole, else as text, page by page. */
export function BodyView({ exchange, side, notes }: Props) {
  const message = exchange[side];
  const body = useBody(exchange, side);
  const [view, setView] = useState('tree');
  const tree = useMemo(
    () => (message?.body_kind === 'json' && body.complete ? parse(body.text) : null),
    [message?.body_kind, body.complete, body.text],
  );
  const download = useMutation({
    mutationFn: () => wholeBody(exchange.exchange_id, side),
    onSuccess: (text) =>
      saveText(`${exchange.exchange_id}-${side}.${message?.body_kind === 'json' ? 'json' : 'txt'}`, text),
  });
  const label = `${side} body`;
  if (!message || message.body_kind === 'empty') {
    return (
      <PanelSection label={label}>
        <p className="dim">No body</p>
      </PanelSection>
    );
  }
  if (message.body_kind === 'sealed') {
    return (
      <PanelSection label={label}>
        <Notice tone="gray" title="Kept sealed">
          <p>
            {sealedReasons[message.sealed_reason ?? ''] ?? ''} The bytes are stored only under encryption and not shown,
            because redaction cannot read them.
          </p>
        </Notice>
      </PanelSection>
    );
  }
  return (
    <PanelSection
      label={label}
      title={
        <>
          {message.body_kind}
          {message.media_type && ` · ${message.media_type}`} · {formatCount(body.total)} characters
        </>
      }
      actions={
        <>
          {tree && (
            <SegmentedControl
              size="xs"
              value={view}
              onChange={setView}
              data={[
                { value: 'tree', label: 'Tree' },
                { value: 'text', label: 'Text' },
              ]}
              aria-label="View of the body"
            />
          )}
          {body.complete && <CopyButton value={body.text} label={`Copy ${side} body`} />}
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconDownload size={13} stroke={1.7} />}
            loading={download.isPending}
            onClick={() => download.mutate()}
          >
            Download
          </Button>
        </>
      }
    >
      {message.truncated && (
        <Notice tone="amber" title="Cut at the capture limit" next="All of it was forwarded; the rest is not stored." />
      )}
      {download.isError && <Notice tone="red" title={describeError(download.error).message} />}
      {tree && view === 'tree' ? (
        <Framed>
          <Json value={tree.value} maxHeight={640} label={label} notes={notes} />
        </Framed>
      ) : (
        <BodyText text={body.text} notes={notes} />
      )}
      {!body.complete && (
        <div className={classes.more}>
          <Button variant="default" size="compact-xs" loading={body.loading} onClick={body.loadMore}>
            Load more
          </Button>
          {formatCount(body.text.length)} of {formatCount(body.total)} characters shown
        </div>
      )}
      {body.error !== null && <Notice tone="red" title={describeError(body.error).message} />}
    </PanelSection>
  );
}
