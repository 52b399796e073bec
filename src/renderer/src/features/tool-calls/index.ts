export { ToolCallsPage } from './ToolCallsPage.js';
export { ToolStatus, Verdict } from './ToolStatus.js';
export { useJudged, useVerdict, verdictKeys } from './verdict.js';
