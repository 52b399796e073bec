export { type RowSide, rowSides } from './conversation.js';
export { renderRow, templateOf } from './render-row.js';
export { chatTemplates } from './templates.js';
export { encodingNames, tokenCounter } from './tokens.js';
