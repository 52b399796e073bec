export { type RowSide, rowSides } from './conversation.js';
export { renderRow, templateOf } from './render-row.js';
export { chatTemplates } from './templates.js';
export { tokenCounter } from './tokens.js';
