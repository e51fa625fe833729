/** Names of what the core counts from 0, in the order of the enums in `dropout_wasm.h`. */

/** @typedef {'linear' | 'relu' | 'tanh' | 'sigmoid' | 'selu'} Activation */
/** @typedef {'element' | 'batch'} Mask one draw for every row and unit, or one a unit and step */
/** @typedef {'train' | 'eval' | 'none'} Scaling which side carries the factor that keeps the expectation */
/** @typedef {'sgd' | 'adam' | 'adamw'} OptimizerName */

/** @type {readonly Activation[]} */
export const ACTIVATIONS = ['linear', 'relu', 'tanh', 'sigmoid', 'selu'];
/** @type {readonly Mask[]} */
export const MASKS = ['element', 'batch'];
/** @type {readonly Scaling[]} */
export const SCALINGS = ['train', 'eval', 'none'];
/** Types of layers between dense ones, in the order of `enum dw_noise`. @type {readonly string[]} */
export const NOISES = ['dropout', 'gaussianDropout', 'alphaDropout'];
/** @type {readonly OptimizerName[]} */
export const OPTIMIZER_NAMES = ['sgd', 'adam', 'adamw'];
/** Values of its state that each keeps for a parameter: slots 1 and up of `dw_parameter_read`. */
export const OPTIMIZER_SLOTS = { sgd: 1, adam: 2, adamw: 2 };

/** `DW_MAX_LAYERS`: far beyond any perceptron that trains; the counter's index has room for 2^16. */
export const MAX_LAYERS = 1024;
