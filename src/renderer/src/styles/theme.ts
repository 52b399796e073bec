import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Petrol: the studio's own colour. White text stands on shade 7 in light and on shade 6 in dark. */
const sluice: MantineColorsTuple = [
  '#e6f3f7',
  '#cde6ee',
  '#9fd0df',
  '#62b7d0',
  '#3e9fbd',
  '#2189a8',
  '#0f7493',
  '#0b5f7a',
  '#094d63',
  '#073c4e',
];

const gray: MantineColorsTuple = [
  '#f7f8f9',
  '#eff1f3',
  '#e4e7eb',
  '#d3d8de',
  '#b3bac3',
  '#8b939e',
  '#66707c',
  '#4b545f',
  '#333a43',
  '#1a1f25',
];

const dark: MantineColorsTuple = [
  '#e4e7eb',
  '#c3c8cf',
  '#aab1bb',
  '#8b939e',
  '#39404a',
  '#2a3038',
  '#1d2127',
  '#16191e',
  '#111418',
  '#0c0e11',
];

/** Compact by default: 13 px text, 28 px controls. Colours beyond these live as custom properties in tokens.css. */
export const theme = createTheme({
  primaryColor: 'sluice',
  primaryShade: { light: 7, dark: 6 },
  colors: { sluice, gray, dark },
  black: '#1a1f25',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: {
    xs: 'var(--s-fs-dense)',
    sm: 'var(--s-fs-body)',
    md: 'var(--s-fs-body)',
    lg: 'var(--s-fs-title)',
    xl: 'var(--s-fs-large)',
  },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: { fontWeight: '600' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '14px' },
  spacing: { xs: '8px', sm: '10px', md: '14px', lg: '20px', xl: '28px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Button: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Input: { defaultProps: { size: 'xs' } },
    InputWrapper: { classNames: { label: 'input-label', description: 'input-note', error: 'input-note' } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 600 } },
    },
    Menu: { defaultProps: { shadow: 'md', radius: 'md', withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    NumberInput: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Pill: { classNames: { root: 'pill' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    Tabs: { classNames: { list: 'tabs-list', tab: 'tabs-tab' } },
    Switch: { defaultProps: { size: 'sm' } },
    TagsInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Tooltip: {
      defaultProps: {
        openDelay: 350,
        withArrow: false,
        fz: 'var(--s-fs-dense)',
        px: 8,
        py: 4,
        multiline: true,
        maw: 340,
      },
    },
  },
});

const variables = {
  '--mantine-color-body': 'var(--s-bg)',
  '--mantine-color-text': 'var(--s-text)',
  '--mantine-color-dimmed': 'var(--s-text-3)',
  '--mantine-color-default': 'var(--s-raised)',
  '--mantine-color-default-hover': 'var(--s-hover)',
  '--mantine-color-default-color': 'var(--s-text)',
  '--mantine-color-default-border': 'var(--s-border-strong)',
  '--mantine-color-error': 'var(--s-red)',
  '--mantine-color-placeholder': 'var(--s-text-3)',
  '--mantine-color-anchor': 'var(--s-accent)',
  '--mantine-color-gray-light-color': 'var(--s-text-2)',
  '--mantine-color-gray-light-hover': 'var(--s-hover)',
  '--mantine-color-gray-outline': 'var(--s-text-2)',
  '--mantine-color-disabled': 'var(--s-gray-bg)',
  '--mantine-color-disabled-color': 'var(--s-text-3)',
};

/** Mantine's own colours, painted with ours: one palette, whose contrast is checked once. */
export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
