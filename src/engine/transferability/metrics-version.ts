/**
 * Goes up with every change that moves a metric's value by more than rounding: scores of different versions are not
 * compared, and asking again measures again.
 */
export const METRICS_VERSION = 1;
