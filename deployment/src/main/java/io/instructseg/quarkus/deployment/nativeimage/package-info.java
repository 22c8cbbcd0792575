/**
 * What a native executable needs to know and to have: reflection and JNI of TensorFlow Java, its shared libraries, models
 * of the class path. Nothing of it is done for other packages.
 */
package io.instructseg.quarkus.deployment.nativeimage;
