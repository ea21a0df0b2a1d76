package io.plotpalette.api.meta;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.Router;
import java.util.Map;
import org.crac.Core;
import org.crac.Resource;

/** Serves the operations tagged {@code meta}; needs no table and no configuration. */
public final class MetaHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, Resource {
  private final Router router;

  public MetaHandler() {
    ApiContract contract = ApiContract.packaged();
    ApiResponse health = ApiResponse.json(200, Json.MAPPER.createObjectNode().put("status", "ok"));
    ApiResponse text = ApiResponse.text(200, "application/yaml", ApiContract.text());
    this.router =
        Router.of(
            contract,
            "meta",
            Map.of("getHealth", request -> health, "getContract", request -> text));
    Core.getGlobalContext().register(this);
  }

  /** Answers one request, so that the snapshot Lambda takes next holds all it needs. */
  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    router.prepare();
    router.handle(PrimingRequest.get("/v1/health"));
  }

  /** Nothing to do: the SDK opens connections anew and asks for credentials by itself. */
  @Override
  public void afterRestore(org.crac.Context<? extends Resource> context) {}

  @Override
  public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
    return router.handle(event);
  }
}
