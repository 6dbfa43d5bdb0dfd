from django.urls import path

from payments.api import buying, wallet

urlpatterns = [
    path("wallet", wallet.WalletView.as_view()),
    path("wallet/history", wallet.WalletHistory.as_view()),
    path("episodes/<uuid:uid>/unlock", wallet.Unlock.as_view()),
    path("packs", buying.Packs.as_view()),
    path("orders", buying.Orders.as_view()),
    path("orders/<uuid:uid>", buying.OrderView.as_view()),
    path("webhooks/<slug:provider>", buying.Webhook.as_view()),
    path("twin/checkout/<slug:session>/pay", buying.TwinCheckout.as_view()),
]
