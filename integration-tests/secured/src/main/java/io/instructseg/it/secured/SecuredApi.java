package io.instructseg.it.secured;

import jakarta.ws.rs.core.Application;

import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;

/** All operations need a user, those of the extension, too; the scheme is the one that Quarkus describes by itself. */
@OpenAPIDefinition(info = @Info(title = "Secured", version = "1"), security = @SecurityRequirement(name = "SecurityScheme"))
public class SecuredApi extends Application {
}
