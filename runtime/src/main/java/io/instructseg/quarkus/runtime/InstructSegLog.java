package io.instructseg.quarkus.runtime;

import java.lang.invoke.MethodHandles;

import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What the extension says in the log. */
@MessageLogger(projectCode = "INSTRUCTSEG", length = 4)
interface InstructSegLog extends BasicLogger {

    InstructSegLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), InstructSegLog.class,
            "io.instructseg.quarkus");

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 1, value = "Loading model %s; the first time on a machine TensorFlow's libraries are unpacked, too")
    void loading(Object location);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 2, value = "Model loaded after %.1f s on %s, warming it up")
    void warming(double seconds, String devices);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 3, value = "Model ready after %.1f s")
    void ready(double seconds);

    @LogMessage(level = Logger.Level.ERROR)
    @Message(id = 4, value = "Model %s can't be used")
    void failed(Object location, @Cause Throwable cause);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 5, value = "Model %s is unchanged and still loaded")
    void resident(Object location);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 6, value = "%s is set, but nothing injects that model by @ModelName: it is not loaded. Is the name right?")
    void unused(String property);

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 7, value = "There is no GPU, device=auto is the CPU: %s")
    void noGpu(String reason);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 8, value = "TensorFlow keeps what it was started with until the process ends: restart it for %s")
    void tooLate(String properties);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 9, value = "%s is set, but the application answers no messages: build it with"
            + " quarkus.instructseg.messaging.enabled=true, or remove it")
    void unusedStore(String property);

    @LogMessage(level = Logger.Level.WARN)
    @Message(id = 10, value = "quarkus.instructseg.messaging.enabled is true, but the application has no Quarkus Messaging and"
            + " answers no messages: add a connector such as quarkus-messaging-kafka")
    void noMessaging();

    @LogMessage(level = Logger.Level.INFO)
    @Message(id = 11, value = "Loading model %s: %s")
    void reading(Object location, String progress);
}
