import { Graph, layout } from '@dagrejs/dagre';
import { useComputedColorScheme } from '@mantine/core';
import { Background, Controls, Handle, type Node, type NodeProps, Position, ReactFlow } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useMemo } from 'react';
import { RedactedText } from '../../../components/RedactedText.js';
import { go, hrefTo } from '../../../navigation/hash-params.js';
import classes from './family.module.css';
import type { familyGraph, GraphNode } from './graph-model.js';

const size = { width: 220, height: 46 };

type Box = Node<{ node: GraphNode; here: boolean }, 'box'>;

const nodeTypes = { box: BoxNode };

interface Props {
  graph: ReturnType<typeof familyGraph>;
  traceId: string;
}

/** Agents, models, tools and servers, and who called whom. A click on an agent opens its trace. */
export default function FamilyGraph({ graph, traceId }: Props) {
  const scheme = useComputedColorScheme('light');
  const { nodes, edges } = useMemo(() => placed(graph, traceId), [graph, traceId]);
  return (
    <div className={classes.graph}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.1}
        nodesConnectable={false}
        nodesDraggable={false}
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_, { data }) => {
          if (data.node.trace) go(hrefTo(`/traces/${data.node.trace.trace_id}`, { tab: 'family' }));
        }}
        aria-label="Who called what"
      >
        <Background gap={20} size={1} />
        <Controls showInteractive={false} />
      </ReactFlow>
      {graph.left_out > 0 && <p className={classes.leftOut}>{graph.left_out} more are in the waterfall only.</p>}
    </div>
  );
}

function placed({ nodes, edges }: Props['graph'], traceId: string) {
  const plan = new Graph();
  plan.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 90 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) plan.setNode(node.id, { ...size });
  for (const edge of edges) plan.setEdge(edge.from, edge.to, { minlen: edge.span });
  layout(plan);
  return {
    nodes: nodes.map((node): Box => {
      const at = plan.node(node.id) as { x: number; y: number };
      return {
        id: node.id,
        type: 'box',
        position: { x: at.x - size.width / 2, y: at.y - size.height / 2 },
        data: { node, here: node.trace?.trace_id === traceId },
        ...size,
      };
    }),
    edges: edges.map(({ id, from, to, count, failed, relation }) => ({
      id,
      source: from,
      target: to,
      label: labelOf(count, failed, relation),
      className: failed > 0 ? classes.failedEdge : '',
      animated: false,
      style: relation === 'continues' ? { strokeDasharray: '5 4' } : {},
    })),
  };
}

function labelOf(count: number | null, failed: number, relation: string): string | undefined {
  if (relation === 'spawns' || relation === 'continues') return relation;
  if (count === null) return undefined;
  return failed > 0 ? `${count}×, ${failed} failed` : `${count}×`;
}

function BoxNode({ data: { node, here } }: NodeProps<Box>) {
  return (
    <div className={classes.box} data-kind={node.kind} data-here={here || undefined} title={node.label.slice(0, 500)}>
      <Handle type="target" position={Position.Left} isConnectable={false} className={classes.handle} />
      <span className={classes.boxNote}>{node.kind === 'agent' ? `agent, ${node.note}` : node.note}</span>
      <span className="ellipsis">
        <RedactedText text={node.label.slice(0, 200)} />
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} className={classes.handle} />
    </div>
  );
}
