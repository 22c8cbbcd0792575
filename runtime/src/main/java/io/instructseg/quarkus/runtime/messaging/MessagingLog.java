package io.instructseg.quarkus.runtime.messaging;

import java.nio.file.Path;

import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What the consumer of messages says in the log. */
@MessageLogger(projectCode = "INSTRUCTSEG", length = 4)
interface MessagingLog extends BasicLogger {

    MessagingLog LOG = Logger.getMessageLogger(java.lang.invoke.MethodHandles.lookup(), MessagingLog.class,
            "io.instructseg.quarkus.messaging");

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 201, value = "A message is refused: %s")
    void refused(String reason);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 202, value = "The store of pictures and videos failed and is asked again later")
    void storeFailed(@Cause Throwable cause);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 203, value = "The temporary copy of a video can't be deleted: %s")
    void copyLeft(Path file, @Cause Throwable cause);
}
