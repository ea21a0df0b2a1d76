package io.plotpalette.api.http;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import org.crac.Resource;

/**
 * The Lambda function of one tag of the contract: hands requests to its router, and answers one of
 * them before Lambda takes its snapshot.
 */
public abstract class ApiHandler
    implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse>, Resource {
  private final APIGatewayV2HTTPEvent primingRequest;

  /**
   * @param primingRequest a read that needs what most requests need
   */
  protected ApiHandler(APIGatewayV2HTTPEvent primingRequest) {
    this.primingRequest = primingRequest;
  }

  /** The same one each time. */
  protected abstract Router router();

  @Override
  public final APIGatewayV2HTTPResponse handleRequest(
      APIGatewayV2HTTPEvent event, Context context) {
    return router().handle(event);
  }

  /** Answers one request, so that the snapshot Lambda takes next holds all it needs. */
  @Override
  public final void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
    router().prepare();
    router().handle(primingRequest);
  }

  /** Nothing to do: the SDK opens connections anew and asks for credentials by itself. */
  @Override
  public final void afterRestore(org.crac.Context<? extends Resource> context) {}
}
