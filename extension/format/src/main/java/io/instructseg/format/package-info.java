/**
 * The contract of a saved model: the names, types and shapes of its signatures, {@code model.json}, and the
 * hyperparameters. Free of TensorFlow, so that whoever writes or reads such a model can depend on it.
 */
package io.instructseg.format;
