/** The API of the extension: inject {@link io.instructseg.quarkus.InstructSeg}. */
package io.instructseg.quarkus;
