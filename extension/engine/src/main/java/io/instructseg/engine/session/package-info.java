/** A SavedModel in TensorFlow: the only package of the engine that knows TensorFlow. */
package io.instructseg.engine.session;
