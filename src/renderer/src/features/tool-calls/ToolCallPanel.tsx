import { Button } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Json as JsonValue, ToolCall, ToolCallVerdict } from '../../../../shared/model/index.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Duration } from '../../components/Duration.js';
import { Fact, Facts } from '../../components/Facts.js';
import { Json } from '../../components/Json.js';
import { Framed, PanelSection } from '../../components/layout/Panel.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { RedactedText } from '../../components/RedactedText.js';
import { SidePanel } from '../../components/SidePanel.js';
import { Time } from '../../components/Time.js';
import { MissedValue } from '../missed/index.js';
import { traceHref } from './columns.js';
import { ToolStatus, Verdict } from './ToolStatus.js';
import classes from './tool-calls.module.css';

interface Props {
  toolCall: ToolCall;
  onVerdict: (verdict: ToolCallVerdict) => void;
  onClose: () => void;
}

/** One tool call beside the list: arguments, result, what is known about it. */
export function ToolCallPanel({ toolCall, onVerdict, onClose }: Props) {
  return (
    <SidePanel
      title={<code>{toolCall.name}</code>}
      label="Tool call"
      onClose={onClose}
      actions={
        <Button
          component={Link}
          href={traceHref(toolCall)}
          variant="default"
          size="compact-xs"
          leftSection={<IconRoute size={13} stroke={1.7} />}
        >
          Open trace
        </Button>
      }
    >
      <Scroll>
        <PanelSection>
          <Facts>
            <Fact name="Status">
              <ToolStatus call={toolCall} />
            </Fact>
            <Fact name="Asked for">
              <Time iso={toolCall.timestamp} as="precise" />
            </Fact>
            <Fact name="Duration">
              <Duration ms={toolCall.duration_ms} />
            </Fact>
            <Fact name="Tool call id">
              <code className="ellipsis">{toolCall.tool_call_id}</code>
              <CopyButton value={toolCall.tool_call_id} label="Copy tool call id" size={20} />
            </Fact>
          </Facts>
          <Verdict call={toolCall} onVerdict={onVerdict} />
        </PanelSection>
        <Value name="Arguments" value={toolCall.arguments} />
        {toolCall.result === null ? (
          <PanelSection label="Result">
            <p className="dim">
              No result yet. It is read from the agent's next call, which brings it back to the model.
            </p>
          </PanelSection>
        ) : (
          <Value name="Result" value={toolCall.result} />
        )}
        {Object.keys(toolCall.metadata).length > 0 && <Value name="Metadata" value={toolCall.metadata} />}
      </Scroll>
      <MissedValue />
    </SidePanel>
  );
}

function Value({ name, value }: { name: string; value: JsonValue }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <PanelSection title={name} actions={<CopyButton value={text} label={`Copy ${name.toLowerCase()}`} />}>
      <Framed>
        {typeof value === 'string' ? (
          <pre className={classes.text} tabIndex={0} role="group" aria-label={name}>
            <RedactedText text={value} />
          </pre>
        ) : (
          <Json value={value} label={name} />
        )}
      </Framed>
    </PanelSection>
  );
}
