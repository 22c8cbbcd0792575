/** What holds for a process before it loads TensorFlow's library. Whoever uses TensorFlow prepares it first. */
package io.instructseg.tensorflow;
