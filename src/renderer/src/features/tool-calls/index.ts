export { ToolCallsPage } from './ToolCallsPage.js';
